"""Asking the search index: rows whose indexed text is up to date and holds a form in one of some fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from apps.ldm.models import Row
from apps.tm.matching.normalise import search_form
from locanext_project import workspaces

MIN_INDEXED = 3
"""Characters of the search form below which a trigram index answers nothing."""
FIELDS = ("key", "source", "target", "comment")
"""In the order in which the index holds them."""
MOST_NAMED = 50_000
"""Hits in the whole database beyond which each is asked which file it is of."""
SEPARATOR = "\x1f"

_LIVE = "r.position >= 0 AND r.rev <= s.searchable_revision"


def form_of(text: str) -> str:
    """What to look for in the index; a separator in the text is a space there."""
    return search_form(text.replace(SEPARATOR, " "))


def indexed(
    form: str,
    fields: Sequence[str],
    file_ids: Sequence[int],
    *,
    whole: bool = False,
    limit: int | None = None,
) -> list[tuple[int, int, int]]:
    """(row id, file id, position) of live rows with the form in one of the fields, in no order.

    `whole`: the form is the whole field. `limit`: any so many of them.
    """
    if not file_ids:
        return []
    build = _sqlite if _is_sqlite() else _postgres
    statement, parameters = build(form, file_ids, fields, whole)
    if limit is None:
        return run(statement, parameters)
    return run(f"{statement} LIMIT %s", [*parameters, limit])


def indexed_ids(form: str, fields: Sequence[str], file_ids: Sequence[int], *, whole: bool = False) -> list[int]:
    """Ids as of `indexed`, for files whose rows are all in the index, without a look at the rows themselves.

    Rows that are not in a file any more may be among them, and such of other files: what the caller shows are live
    rows of its own.
    """
    if not file_ids:
        return []
    if _is_sqlite() and len(form) >= MIN_INDEXED and not whole:
        # The index alone is far quicker than a look at each row, as long as most of what it names is wanted.
        hits = "SELECT rowid FROM ldm_rowtext_fts WHERE ldm_rowtext_fts MATCH %s LIMIT %s"
        found = _in_one(hits, [phrase(form, fields), MOST_NAMED + 1])
        if len(found) <= MOST_NAMED:
            return found
    build = _sqlite if _is_sqlite() else _postgres
    return [pk for (pk,) in run(*build(form, file_ids, fields, whole, live=False))]


def is_rare(form: str, most: int) -> bool:
    """Whether at most so many texts of the whole database hold the form, in any field. For forms that are indexed."""
    if _is_sqlite():
        hits = "SELECT rowid FROM ldm_rowtext_fts WHERE ldm_rowtext_fts MATCH %s LIMIT %s"
        return bool(run(f"SELECT count(*) <= %s FROM ({hits}) h", [most, phrase(form), most + 1])[0][0])  # noqa: S608
    with workspaces.atomic():
        # What the planner takes for frequent it would look for in every row; where it is wrong, that takes for ever.
        run("SELECT set_config('enable_seqscan', 'off', true)", [])
        hits = "SELECT 1 FROM ldm_rowtext WHERE text LIKE %s LIMIT %s"
        found = run(f"SELECT count(*) <= %s FROM ({hits}) h", [most, like(form), most + 1])  # noqa: S608
        run("SELECT set_config('enable_seqscan', 'on', true)", [])
    return bool(found[0][0])


def run(statement: str, parameters: Sequence[Any]) -> list[Any]:
    """The rows of a statement that may use `ldm_part_holds` and `ldm_part_is`."""
    connection = connections[workspaces.alias()]
    with connection.cursor() as cursor:
        # Once: where rows of another statement are still to be read, SQLite replaces no function.
        if _is_sqlite() and getattr(connection, "_ldm_functions_of", None) is not connection.connection:
            connection.connection.create_function("ldm_part_holds", 3, _part_holds, deterministic=True)
            connection.connection.create_function("ldm_part_is", 3, _part_is, deterministic=True)
            vars(connection)["_ldm_functions_of"] = connection.connection
        cursor.execute(statement, parameters)
        found: list[Any] = cursor.fetchall()
        return found


def ids_at_once(rows: QuerySet[Row]) -> Iterable[int]:
    """The ids of all rows of a query, in its order."""
    alias = workspaces.alias()
    if not _is_sqlite():
        return rows.values_list("pk", flat=True).iterator(chunk_size=10_000)
    try:
        statement, parameters = rows.values_list("pk").query.get_compiler(using=alias).as_sql()
    except EmptyResultSet:
        return []
    return _in_one(statement, parameters)


def _in_one(statement: str, parameters: Sequence[Any]) -> list[int]:
    """The ids that a statement finds, in its order, as one value.

    Python gives way to other threads with every row that it reads of SQLite, and in a busy server waits for each.
    """
    ((ids,),) = run(f"WITH found(id) AS ({statement}) SELECT group_concat(id) FROM found", parameters)  # noqa: S608
    return json.loads(f"[{ids or ''}]")  # type: ignore[no-any-return]


def _is_sqlite() -> bool:
    return connections[workspaces.alias()].vendor == "sqlite"


def held(form: str, fields: Sequence[str], whole: bool) -> tuple[str, list[Any]]:
    """A condition on `t.text` of an indexed row, and its parameters."""
    return (_held_sqlite if _is_sqlite() else _held_postgres)(form, fields, whole)


def _held_sqlite(form: str, fields: Sequence[str], whole: bool) -> tuple[str, list[Any]]:
    condition = "instr(t.text, %s) > 0"
    parameters: list[Any] = [form]
    if whole or set(fields) != set(FIELDS):
        condition += f" AND {'ldm_part_is' if whole else 'ldm_part_holds'}(t.text, %s, %s)"
        parameters += [form, _mask(fields)]
    return condition, parameters


def _held_postgres(form: str, fields: Sequence[str], whole: bool) -> tuple[str, list[Any]]:
    pattern = like(form)
    if not whole and set(fields) == set(FIELDS):
        return "t.text LIKE %s", [pattern]
    how = "=" if whole else "LIKE"
    parts = [f"split_part(t.text, %s, {FIELDS.index(name) + 1}) {how} %s" for name in fields]
    parameters: list[Any] = [pattern]
    for _ in fields:
        parameters += [SEPARATOR, form if whole else pattern]
    return f"t.text LIKE %s AND ({' OR '.join(parts)})", parameters


def _sqlite(
    form: str, file_ids: Sequence[int], fields: Sequence[str], whole: bool, live: bool = True
) -> tuple[str, list[Any]]:
    if len(form) < MIN_INDEXED or whole:
        return _sqlite_by_text(form, file_ids, fields, whole, live)
    tables = "ldm_rowtext_fts f CROSS JOIN ldm_row r ON r.id = f.rowid"
    where = f"ldm_rowtext_fts MATCH %s AND r.file_id IN ({','.join(str(int(pk)) for pk in file_ids)})"
    parameters = [phrase(form, fields)]
    if not live:
        return f"SELECT f.rowid FROM {tables} WHERE {where}", parameters  # noqa: S608
    return (
        f"SELECT r.id, r.file_id, r.position FROM {tables} JOIN ldm_file s ON s.id = r.file_id"  # noqa: S608 (closed names)
        f" WHERE {where} AND {_LIVE}",
        parameters,
    )


def _sqlite_by_text(
    form: str, file_ids: Sequence[int], fields: Sequence[str], whole: bool, live: bool
) -> tuple[str, list[Any]]:
    """The same by reading texts: all of the files where the form is too short for the index."""
    condition, parameters = held(form, fields, whole)
    # CROSS JOIN fixes the order: the planner would ask the index once for every row of the file.
    tables = "ldm_rowtext t"
    where = f"t.file_id IN ({','.join(str(int(pk)) for pk in file_ids)}) AND {condition}"
    if len(form) >= MIN_INDEXED:
        tables = "ldm_rowtext_fts f CROSS JOIN ldm_rowtext t ON t.row_id = f.rowid"
        where = f"ldm_rowtext_fts MATCH %s AND {where}"
        parameters = [phrase(form, fields), *parameters]
    if not live:
        return f"SELECT t.row_id FROM {tables} WHERE {where}", parameters  # noqa: S608
    return (
        f"SELECT t.row_id, t.file_id, r.position FROM {tables} CROSS JOIN ldm_row r ON r.id = t.row_id"  # noqa: S608 (closed names)
        f" JOIN ldm_file s ON s.id = t.file_id WHERE {where} AND {_LIVE}",
        parameters,
    )


_HITS = "WITH hits AS MATERIALIZED (SELECT row_id, file_id, text FROM ldm_rowtext WHERE text LIKE %s)"


def _postgres(
    form: str, file_ids: Sequence[int], fields: Sequence[str], whole: bool, live: bool = True
) -> tuple[str, list[Any]]:
    condition, parameters = _verified(form, fields, whole)
    if not live:
        wanted = f"SELECT t.row_id FROM hits t WHERE t.file_id = ANY(%s) AND {condition}"  # noqa: S608
        return f"{_HITS} {wanted}", [like(form), list(file_ids), *parameters]
    # Ids first, in a step of their own: ordered directly, the planner would walk the primary key instead of the index.
    return (
        f"{_HITS}, wanted AS MATERIALIZED"  # noqa: S608 (closed names)
        f" (SELECT t.row_id, t.file_id FROM hits t WHERE t.file_id = ANY(%s) AND {condition})"
        " SELECT w.row_id, w.file_id, r.position FROM wanted w JOIN ldm_row r ON r.id = w.row_id"
        f" JOIN ldm_file s ON s.id = w.file_id WHERE {_LIVE}",
        [like(form), list(file_ids), *parameters],
    )


def _verified(form: str, fields: Sequence[str], whole: bool) -> tuple[str, list[Any]]:
    """What is left to check of a row whose text holds the form somewhere."""
    return held(form, fields, whole) if whole or set(fields) != set(FIELDS) else ("TRUE", [])


def phrase(form: str, fields: Sequence[str] = FIELDS) -> str:
    """A form as FTS5 looks for it in some fields."""
    text = '"' + form.replace('"', '""') + '"'
    return text if set(fields) == set(FIELDS) else f"{{{' '.join(fields)}}} : {text}"


def like(form: str) -> str:
    """A form as the pattern of LIKE."""
    return "%" + form.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _mask(fields: Iterable[str]) -> int:
    return sum(1 << FIELDS.index(name) for name in set(fields))


def _part_holds(text: str, form: str, mask: int) -> bool:
    """For SQLite: whether one of the fields chosen by the mask's bits holds the form."""
    first = text.find(form)
    if first < 0 or mask >> text.count(SEPARATOR, 0, first) & 1:
        # Mostly the first place that has it decides, and the text need not be taken apart.
        return first >= 0
    return any(mask >> n & 1 and form in part for n, part in enumerate(text.split(SEPARATOR)))


def _part_is(text: str, form: str, mask: int) -> bool:
    """For SQLite: whether one of the fields chosen by the mask's bits is the form."""
    return any(mask >> n & 1 and form == part for n, part in enumerate(text.split(SEPARATOR)))
