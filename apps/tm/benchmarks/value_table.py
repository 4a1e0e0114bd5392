"""A table of figures with several columns, for the screen and for --json."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class ValueTable:
    """`lines`: (name, unit, a figure per column); None where a column has no rows to tell."""

    title: str
    columns: list[str]
    lines: list[tuple[str, str, list[float | None]]] = field(default_factory=list)

    def add(self, name: str, unit: str, figures: Sequence[float | None]) -> None:
        """Add a line, one figure per column."""
        self.lines.append((name, unit, list(figures)))

    def figure(self, name: str, column: str) -> float | None:
        """One figure. Raises KeyError for a line or a column that is not there."""
        for line, _, figures in self.lines:
            if line == name and column in self.columns:
                return figures[self.columns.index(column)]
        raise KeyError(f"{name}, {column}")

    def show(self) -> str:
        """The table as text."""
        rows = [["", *self.columns, ""]]
        for name, unit, figures in self.lines:
            whole = all(figure is None or figure.is_integer() for figure in figures) and not unit
            shown = ["-" if figure is None else f"{figure:,.0f}" if whole else f"{figure:,.2f}" for figure in figures]
            rows.append([name, *shown, unit])
        widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(width) if not place else cell.rjust(width) for place, (cell, width) in cells).rstrip()
            for cells in (enumerate(zip(row, widths, strict=True)) for row in rows)
        ]
        return "\n".join([self.title, *lines])

    def data(self) -> dict[str, object]:
        """The table for --json: figures by line, then by column."""
        return {
            "title": self.title,
            "lines": {
                name: {"unit": unit, **dict(zip(self.columns, figures, strict=True))}
                for name, unit, figures in self.lines
            },
        }
