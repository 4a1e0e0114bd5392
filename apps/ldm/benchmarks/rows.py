"""`bench rows`: windows, views and edits of one large file at the server."""

from __future__ import annotations

import random
from collections.abc import Callable

from django.test import RequestFactory
from rest_framework.test import force_authenticate

from apps.accounts.models import User
from apps.ldm.api.rows import FileRows, FileViews
from apps.ldm.benchmarks.files import corpus
from apps.ldm.benchmarks.place import bench_project
from apps.ldm.benchmarks.tables import Table, percentile, seconds
from apps.ldm.models import File, Row
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.rows import search_index
from apps.ldm.services.rows.edit_row import RowEdit, edit_row

Say = Callable[[str], None]
WINDOW = 200


def run(scale: float, say: Say) -> list[Table]:
    """Run everything; `scale` 1 is 1,000,000 rows."""
    rows = max(2000, int(1_000_000 * scale))
    with bench_project() as (actor, project):
        say(f"Importing {rows:,} rows")
        data = corpus(rows, "txt")
        took, files = seconds(
            lambda: import_file(actor=actor, project=project, folder=None, filename="rows.txt", data=data)
        )
        file = File.objects.get(pk=files[0].pk)
        table = Table(f"Rows: one file of {file.counts()['rows']:,} rows")
        table.add("import", took, "s")
        _windows(table, actor, file)
        _filtered(table, actor, file, say)
        _edits(table, actor, file)
        say("Building the search index")
        took, _ = seconds(lambda: search_index.build(file.pk))
        table.add("search index built afterwards", took, "s")
        _search(table, actor, File.objects.get(pk=file.pk))
    return [table]


def _get(actor: User, file: File, query: str) -> None:
    request = RequestFactory().get(f"/?{query}")
    force_authenticate(request, user=actor)
    response = FileRows.as_view()(request, file_id=file.pk)
    response.render()
    if response.status_code != 200:
        raise RuntimeError(response.data)


def _windows(table: Table, actor: User, file: File) -> None:
    total, chance = int(file.counts()["rows"]), random.Random(7)  # noqa: S311 (places to look, not secrets)
    times = [
        seconds(lambda: _get(actor, file, f"start={chance.randrange(total)}&count={WINDOW}"))[0] * 1000
        for _ in range(100)
    ]
    table.add(f"window of {WINDOW} rows, median", percentile(times, 0.5), "ms")
    table.add(f"window of {WINDOW} rows, p95", percentile(times, 0.95), "ms", at_most=30)


def _view(actor: User, file: File, wanted: dict[str, object]) -> tuple[str, int]:
    request = RequestFactory().post("/", wanted, content_type="application/json")
    force_authenticate(request, user=actor)
    response = FileViews.as_view()(request, file_id=file.pk)
    return str(response.data["view"]), int(response.data["total"])


def _filtered(table: Table, actor: User, file: File, say: Say) -> None:
    say("Filtering")
    took, (token, total) = seconds(lambda: _view(actor, file, {"status": ["new"]}))
    table.add(f"view by status, {total:,} rows", took * 1000, "ms")
    chance = random.Random(8)  # noqa: S311
    times = [
        seconds(lambda: _get(actor, file, f"start={chance.randrange(max(total, 1))}&count={WINDOW}&view={token}"))[0]
        * 1000
        for _ in range(100)
    ]
    table.add("filtered window, median", percentile(times, 0.5), "ms")
    table.add("filtered window, p95", percentile(times, 0.95), "ms", at_most=30)


def _edits(table: Table, actor: User, file: File) -> None:
    chosen = list(Row.objects.filter(file=file).order_by("?").values_list("pk", "text_rev")[:200])
    times = [
        seconds(
            lambda: edit_row(actor=actor, row_id=pk, seen_text_rev=rev, edit=RowEdit(target=f"edited {pk}"))  # noqa: B023
        )[0]
        * 1000
        for pk, rev in chosen
    ]
    table.add("edit with history, audit and counters, median", percentile(times, 0.5), "ms")
    table.add("edit, p95", percentile(times, 0.95), "ms")


def _search(table: Table, actor: User, file: File) -> None:
    for text in ("등대", "lantern", "안개가"):
        took, (_token, total) = seconds(lambda: _view(actor, file, {"text": text}), 3)  # noqa: B023
        table.add(f"view of rows with {text!r}, {total:,} rows", took * 1000, "ms")
