"""A block from a spreadsheet over the targets of rows: line by line, or row by key."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.ldm.checks import codes
from apps.ldm.checks.patterns import BREAK
from apps.ldm.models import ChangeSet, File, Row
from apps.ldm.services.rows import rules
from apps.ldm.services.rows.acts.act import Act, Progress
from apps.ldm.services.rows.acts.paste_lines import Alignment, Line, Pasted, align
from apps.ldm.services.rows.acts.scope import Scope
from apps.ldm.services.rows.acts.text_acts import write_target
from apps.ldm.services.rows.change_rows import RowChange

SKIP, CLEAR = "skip", "clear"


@dataclass(slots=True)
class Paste(Act):
    """`left`: numbers of lines that are not pasted. `empty`: what an empty cell does to a row's text."""

    name = "paste"
    kind = ChangeSet.Kind.PASTE

    pasted: Pasted
    empty: str = SKIP
    status: str = "translated"
    left: frozenset[int] = frozenset()
    _lines: dict[int, Line] = field(default_factory=dict)

    def size(self, actor: User, file: File, scope: Scope) -> int:
        del actor, file, scope
        return len(self.pasted.block)

    def choose(self, actor: User, file: File, scope: Scope, progress: Progress) -> array[int]:
        del progress
        self.take(align(actor, file, scope, self.pasted))
        return array("q", self._lines)

    def take(self, alignment: Alignment) -> None:
        """Remember which line is for which row: those that are pasted."""
        met = [line for line in alignment.lines if not line.refused and line.number not in self.left]
        self._lines = {line.row_id: line for line in met if line.row_id is not None}

    def change(self, actor: User, file: File, row: Row) -> RowChange | None:
        line = self._lines[row.pk]
        text = self.text_for(line, row.source, row.target)
        if text == row.target:
            return None
        text = rules.check_text(file, text, place=_("Line %(line)s") % {"line": f"{line.number:,}"})
        return write_target(actor, file, row, text, self.status)

    def text_for(self, line: Line, source: str, target: str) -> str:
        """The text that a row with this source and target gets from a line."""
        if line.text is None or (not line.text and self.empty == SKIP):
            return target
        return with_line_ends_of(source, line.text)

    def plain(self) -> dict[str, Any]:
        return {
            "act": self.name, **self.pasted.plain(), "empty": self.empty, "status": self.status,
            "left": sorted(self.left),
        }  # fmt: skip


def with_line_ends_of(source: str, text: str) -> str:
    """A text with its line feeds written as the source writes line ends, where it only has written ones."""
    if "\n" not in text or "\n" in source:
        return text
    written = [code.text for code in codes.read(source) if code.kind == BREAK]
    return text.replace("\n", written[0]) if written else text
