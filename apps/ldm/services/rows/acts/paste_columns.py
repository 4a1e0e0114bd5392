"""What the columns of a pasted block are: said by its heading, or seen from the keys and sources of the rows."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from apps.ldm.formats.column_words import meaning

KEY, SOURCE, TARGET, IGNORE = "key", "source", "target", "ignore"
ROLES = (KEY, SOURCE, TARGET, IGNORE)
SEEN = 200
"""Lines that are looked at."""
ENOUGH = 0.5
"""Share of a column's cells that must be keys, or sources, for the column to be one of them."""

Lines = Sequence[Sequence[str]]


def is_heading(line: Sequence[str], keys: Collection[str], sources: Collection[str]) -> bool:
    """Whether a block's first line names its columns: every cell with text is a role or a language."""
    cells = [cell for cell in line if cell.strip()]
    if len(cells) < 2 or any(cell in keys or cell in sources for cell in cells):
        return False
    return all((found := meaning(cell)).role or found.language for cell in cells)


def guess(lines: Lines, heading: Sequence[str], keys: Collection[str], sources: Collection[str]) -> list[str]:
    """The role of each column of the lines below the heading (empty where there is none); one is the target."""
    width = max((len(line) for line in lines), default=1)
    if width == 1:
        return [TARGET]
    seen = lines[:SEEN]
    roles = [_by_word(heading[at]) if at < len(heading) else "" for at in range(width)]
    for role, known in ((KEY, keys), (SOURCE, sources)):
        if role not in roles:
            shares = [_share(seen, at, known) if not roles[at] else 0.0 for at in range(width)]
            best = max(range(width), key=lambda at: shares[at])
            if shares[best] >= ENOUGH:
                roles[best] = role
    if TARGET not in roles:
        roles[_target(roles)] = TARGET
    if KEY not in roles and SOURCE not in roles and width == 2 and not heading:
        # Source and target is what two columns usually are; rows with another source are warned of.
        roles = [SOURCE, TARGET]
    first = roles.index(TARGET)
    return [role if role and (role != TARGET or at == first) else IGNORE for at, role in enumerate(roles)]


def _by_word(cell: str) -> str:
    found = meaning(cell)
    return found.role if found.role in (KEY, SOURCE, TARGET) and not found.weak else ""


def _share(lines: Lines, at: int, known: Collection[str]) -> float:
    cells = [line[at] for line in lines if at < len(line) and line[at].strip()]
    return sum(cell in known for cell in cells) / len(cells) if cells else 0.0


def _target(roles: Sequence[str]) -> int:
    """The first free column behind the source, else the first free one, else the last."""
    free = [at for at, role in enumerate(roles) if not role]
    if SOURCE in roles:
        free = [at for at in free if at > roles.index(SOURCE)] or free
    return free[0] if free else len(roles) - 1
