"""`bench search`: the first hundred rows that hold a word, and all of them, beside LIKE or ILIKE of the same run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.db import connections
from django.test import RequestFactory
from rest_framework.test import force_authenticate

from apps.accounts.models import User
from apps.ldm.api.rows import FileViews
from apps.ldm.api.search import SearchRows
from apps.ldm.benchmarks import search_corpus
from apps.ldm.benchmarks.place import bench_project
from apps.ldm.benchmarks.tables import Table, percentile, seconds
from apps.ldm.models import File
from apps.ldm.selectors import filter_rows
from apps.ldm.selectors.search_hits import Wanted, search, universe_of
from apps.ldm.services.rows import search_index
from locanext_project import workspaces

Say = Callable[[str], None]
ROWS = 1_000_000
FIRST = 100
EACH = 5
"""Words of each language and frequency."""
GOALS = {"sqlite": 50, "postgresql": 250}
ABSENT = {"Korean": "\uac01\ud7a3", "Chinese": "\u4e00\u9fa5", "English": "qx"}
"""With a number behind them: in no row."""


def run(scale: float, say: Say, *, rows: int | None = None) -> list[Table]:
    """Run everything on a file of `rows` rows; without a number `scale` 1 is 1,000,000."""
    count = rows or max(2000, int(ROWS * scale))
    with bench_project() as (actor, project):
        say(f"Loading {count:,} rows")
        loaded, file = seconds(lambda: search_corpus.make_file(project, count))
        say("Building the search index")
        built, _ = seconds(lambda: search_index.build(file.pk))
        tables = measured(actor, File.objects.get(pk=file.pk), say)
    tables[0].add("rows loaded", loaded, "s")
    tables[0].add("search index built", built, "s")
    return tables


def measured(actor: User, file: File, say: Say) -> list[Table]:
    """The tables of a file that is there and indexed."""
    say("Searching")
    vendor = connections[workspaces.alias()].vendor
    table = Table(f"First {FIRST} rows with a word in source or target, of {file.counts()['rows']:,} ({vendor})")
    ours: list[float] = []
    through_api: list[float] = []
    plain: list[float] = []
    for language, kind, words in _words():
        mine = [_ms(lambda: _selector(actor, file, word)) for word in words]  # noqa: B023
        api = [_ms(lambda: _api(actor, file, word)) for word in words]  # noqa: B023
        like = [_ms(lambda: _like(file, word, FIRST)) for word in words]  # noqa: B023
        table.add(f"{language}, {kind}", percentile(mine, 0.5), "ms")
        table.add(f"{language}, {kind}, LIKE", percentile(like, 0.5), "ms")
        ours, through_api, plain = ours + mine, through_api + api, plain + like
    goal = GOALS.get(vendor)
    table.add("all words, p50", percentile(ours, 0.5), "ms")
    table.add("all words, p95", percentile(ours, 0.95), "ms", at_most=goal)
    table.add("all words through the API, p50", percentile(through_api, 0.5), "ms")
    table.add("all words through the API, p95", percentile(through_api, 0.95), "ms", at_most=goal)
    table.add("all words, LIKE, p50", percentile(plain, 0.5), "ms")
    slow = percentile(plain, 0.95)
    table.add("all words, LIKE, p95", slow, "ms", ratio=slow / percentile(ours, 0.95), against="p95 here", at_least=5)
    return [table, _everything(actor, file, say), _views(actor, file, say)]


def _words() -> Iterator[tuple[str, str, list[str]]]:
    for vocabulary in search_corpus.vocabularies():
        for kind, rank in search_corpus.RANKS.items():
            yield vocabulary.language, kind, list(vocabulary.words[rank : rank + EACH])
        yield vocabulary.language, "in no row", [f"{ABSENT[vocabulary.language]}{n}" for n in range(EACH)]


def _ms(work: Callable[[], object]) -> float:
    """Milliseconds, the best of three: the machine does other things too."""
    return seconds(work, 3)[0] * 1000


def _selector(actor: User, file: File, word: str) -> int:
    return len(search(universe_of(actor, "file", file.pk), Wanted(word), limit=FIRST).hits)


def _api(actor: User, file: File, word: str) -> None:
    request = RequestFactory().get("/", {"q": word, "scope": f"file:{file.pk}", "limit": str(FIRST)})
    force_authenticate(request, user=actor)
    response = SearchRows.as_view()(request)
    response.render()
    if response.status_code != 200:
        raise RuntimeError(response.data)


def _like(file: File, word: str, limit: int | None) -> int:
    """What a program without an index does: every row in order until there are enough."""
    connection = connections[workspaces.alias()]
    how = "ILIKE" if connection.vendor == "postgresql" else "LIKE"
    statement = (
        "SELECT id, key, source, target FROM ldm_row WHERE file_id = %s AND position >= 0"  # noqa: S608 (closed names)
        f" AND (source {how} %s OR target {how} %s)"
    )
    statement += " ORDER BY position" + ("" if limit is None else f" LIMIT {int(limit)}")
    with connection.cursor() as cursor:
        cursor.execute(statement, [file.pk, f"%{word}%", f"%{word}%"])
        return len(cursor.fetchall())


def _everything(actor: User, file: File, say: Say) -> Table:
    """All hits of a word in order: what a filter needs."""
    say("All hits")
    table = Table("All rows with a word in source or target")
    for language, kind, words in _words():
        mine, found = seconds(lambda: len(filter_rows.matching(actor, file, words[0])))  # noqa: B023
        plain, _ = seconds(lambda: _like(file, words[0], None))  # noqa: B023
        table.add(f"{language}, {kind}, {found:,} rows", mine * 1000, "ms", ratio=plain / mine, against="LIKE")
    return table


def _views(actor: User, file: File, say: Say) -> Table:
    """Filters of the whole file as views."""
    say("Views")
    table = Table("Views by a query")
    korean, _chinese, english = search_corpus.vocabularies()
    rare = korean.words[search_corpus.RANKS["rare"]]
    for query in (
        "status:confirmed",
        "status:todo",
        "is:empty",
        "is:repeated",
        korean.words[search_corpus.RANKS["common"]],
        f"status:translated AND target:{english.words[search_corpus.RANKS['common']]}",
        f"NOT {rare}",
        f"source:/{rare}\\s/",
    ):
        request = RequestFactory().post("/", {"query": query}, content_type="application/json")
        force_authenticate(request, user=actor)
        took, response = seconds(lambda: FileViews.as_view()(request, file_id=file.pk))  # noqa: B023
        table.add(f"{query}, {response.data['total']:,} rows", took * 1000, "ms")
    return table
