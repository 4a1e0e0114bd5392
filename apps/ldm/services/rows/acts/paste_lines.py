"""Which line of a pasted block meets which row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.models import ChangeSet, File, Row
from apps.ldm.services.rows.acts.paste_columns import IGNORE, KEY, ROLES, SEEN, SOURCE, TARGET, guess, is_heading
from apps.ldm.services.rows.acts.scope import PORTION, Scope, resolve
from apps.tm.matching.normalise import text_hash
from locanext_project.chunks import chunks
from locanext_project.errors import Conflict, Invalid

MOST_LINES = 10_000
KEYS_AT_ONCE = 5000
AUTO, BY_ORDER, BY_KEY = "auto", "order", "key"


@dataclass(frozen=True, slots=True)
class Pasted:
    """A block and what a person said of it; None is to be found out. `row`: where the first line goes."""

    text: str
    block: tuple[tuple[str, ...], ...]
    row: int | None = None
    columns: tuple[str, ...] | None = None
    header: bool | None = None
    by: str = AUTO
    revision: int | None = None

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "block": self.text, "row": self.row, "columns": self.columns and list(self.columns), "header": self.header,
            "by": self.by, "revision": self.revision,
        }  # fmt: skip


class Found(NamedTuple):
    """A row that a line may meet."""

    pk: int
    position: int
    key: str
    source: str


@dataclass(slots=True)
class Line:
    """One line, from 1; `text` is None where the line has no cell for the target. `refused`: code and sentence."""

    number: int
    text: str | None
    row_id: int | None = None
    warnings: list[str] = field(default_factory=list)
    refused: tuple[str, str] | None = None


@dataclass(slots=True)
class Alignment:
    """Lines with their rows, and what the block was taken for."""

    columns: list[str]
    header: bool
    by: str
    lines: list[Line]


def align(actor: User, file: File, scope: Scope, pasted: Pasted) -> Alignment:
    """Which row each line meets. Raises Invalid, NotFound for a view that is gone, Conflict where rows moved."""
    _require_same_order(file, pasted.revision)
    ids = resolve(actor, file, scope)
    start = _start(ids, pasted.row)
    ordered = _rows(file, ids[start : start + len(pasted.block)])
    header, columns = _understood(file, pasted, ordered)
    block = pasted.block[1:] if header else pasted.block
    by = pasted.by if pasted.by != AUTO else BY_KEY if KEY in columns else BY_ORDER
    if by == BY_KEY and KEY not in columns:
        raise Invalid(_("No column holds keys."), field="columns")
    if TARGET not in columns:
        raise Invalid(_("No column is the target."), field="columns")
    lines = [Line(number, _cell(cells, columns, TARGET)) for number, cells in enumerate(block, 2 if header else 1)]
    if by == BY_KEY:
        keyed = _with_keys(file, {_cell(cells, columns, KEY) or "" for cells in block})
        if not scope.whole_file:
            among = set(ids)
            keyed = [row for row in keyed if row.pk in among]
        _meet_by_key(lines, block, columns, keyed)
    else:
        _meet_in_order(lines, block, columns, ordered)
    return Alignment(columns, header, by, lines)


def _understood(file: File, pasted: Pasted, ordered: Sequence[Found]) -> tuple[bool, list[str]]:
    """Whether there is a heading, and what the columns are: as a person said, else as the first lines look."""
    if pasted.header is not None and pasted.columns is not None:
        return pasted.header, list(pasted.columns)
    cells = {cell for cells in pasted.block[:SEEN] for cell in cells if cell.strip()}
    keys = {row.key for row in (*ordered, *_with_keys(file, cells))}
    sources = {row.source for row in ordered} | _sources(file, cells)
    header = is_heading(pasted.block[0], keys, sources) if pasted.header is None else pasted.header
    block = pasted.block[1:] if header else pasted.block
    heading = pasted.block[0] if header else ()
    return header, list(pasted.columns or guess(block, heading, keys, sources))


def _require_same_order(file: File, revision: int | None) -> None:
    """Raises Conflict where a newer version of the file came since the person looked."""
    if revision is None or file.revision <= revision:
        return
    if ChangeSet.objects.filter(file=file, revision__gt=revision, order_before__isnull=False).exists():
        raise Conflict(_("The rows were put into another order since. Look again."), code="stale")


def _start(ids: Sequence[int], row: int | None) -> int:
    if row is None:
        return 0
    try:
        return ids.index(row)
    except ValueError:
        raise Invalid(_("This row is not among the rows shown."), field="row") from None


def _rows(file: File, ids: Sequence[int]) -> list[Found]:
    """Live rows of the file, in the order of the ids."""
    found: list[Found] = []
    for some in chunks(ids, PORTION):
        rows = Row.objects.filter(pk__in=some, position__gte=0).values_list(
            "file_id", "pk", "position", "key", "source"
        )
        known = {values[1]: Found(*values[1:]) for values in rows if values[0] == file.pk}
        found += [known[pk] for pk in some if pk in known]
    return found


def _with_keys(file: File, keys: set[str]) -> list[Found]:
    """Live rows of the file with these keys. Keys have no index: each portion reads through the file."""
    found: list[Found] = []
    for some in chunks(sorted(key for key in keys if key), KEYS_AT_ONCE):
        rows = Row.objects.filter(file_id=file.pk, key__in=some, position__gte=0)
        found += [Found(*values) for values in rows.values_list("pk", "position", "key", "source")]
    return found


def _sources(file: File, cells: set[str]) -> set[str]:
    """Those cells that are the source of some row of the file."""
    found: set[str] = set()
    for some in chunks(sorted({text_hash(cell) for cell in cells}), PORTION):
        rows = Row.objects.filter(source_hash__in=some, position__gte=0).values_list("file_id", "source")
        found |= {source for file_id, source in rows if file_id == file.pk}
    return found & cells


def _cell(cells: Sequence[str], columns: Sequence[str], role: str) -> str | None:
    if role not in columns:
        return None
    at = columns.index(role)
    return cells[at] if at < len(cells) else None


def _meet_in_order(
    lines: list[Line], block: Sequence[Sequence[str]], columns: Sequence[str], rows: Sequence[Found]
) -> None:
    for at, line in enumerate(lines):
        if at >= len(rows):
            line.refused = ("no_row", _("There are no more rows for this line."))
            continue
        line.row_id = rows[at].pk
        _compare(line, rows[at], block[at], columns)


def _meet_by_key(
    lines: list[Line], block: Sequence[Sequence[str]], columns: Sequence[str], rows: Sequence[Found]
) -> None:
    by_key: dict[str, list[Found]] = {}
    for row in rows:
        by_key.setdefault(row.key, []).append(row)
    met: Counter[int] = Counter()
    for line, cells in zip(lines, block, strict=True):
        key, source = _cell(cells, columns, KEY), _cell(cells, columns, SOURCE)
        found = by_key.get(key or "", [])
        if len(found) > 1 and source is not None:
            found = [row for row in found if row.source == source] or found
        if not found:
            line.refused = ("no_row", _("None of these rows has this key."))
        elif len(found) > 1:
            line.refused = ("many_rows", _("Several rows have this key."))
        else:
            line.row_id = found[0].pk
            met[found[0].pk] += 1
            if met[found[0].pk] > 1:
                line.refused = ("twice", _("An earlier line has this row already."))
            _compare(line, found[0], cells, columns)


def _compare(line: Line, row: Found, cells: Sequence[str], columns: Sequence[str]) -> None:
    """Warn of a source or key that is not the row's."""
    for role, own, warning in ((SOURCE, row.source, "source_differs"), (KEY, row.key, "key_differs")):
        cell = _cell(cells, columns, role)
        if cell is not None and _plain(cell) != _plain(own):
            line.warnings.append(warning)


def _plain(text: str) -> str:
    # A spreadsheet knows one kind of line end, and drops spaces at the ends of what people typed.
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def columns_of(value: Any) -> tuple[str, ...] | None:
    """Roles of columns out of JSON, None where there are none. Raises Invalid."""
    if value is None:
        return None
    known = isinstance(value, list) and 1 <= len(value) <= 1000 and all(one in ROLES for one in value)
    if not known:
        raise Invalid(_("columns is a list of %(names)s.") % {"names": ", ".join(ROLES)}, field="columns")
    if any(value.count(role) > 1 for role in ROLES if role != IGNORE):
        raise Invalid(_("Only one column is the key, the source or the target."), field="columns")
    return tuple(value)
