"""The peer in the database: PostgreSQL's trigram indexes over the same segments."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from django.db import connections

from apps.ldm.benchmarks.tables import Table, percentile
from locanext_project import workspaces

Say = Callable[[str], None]
_STATEMENTS = (
    (
        "GIN, `%` at 0.5 (then sorted)",
        "CREATE INDEX bench_trigrams ON bench_segments USING gin (text gin_trgm_ops)",
        "SELECT text FROM bench_segments WHERE text %% %s ORDER BY similarity(text, %s) DESC LIMIT 5",
        2,
    ),
    (
        "GiST, nearest first",
        "CREATE INDEX bench_trigrams ON bench_segments USING gist (text gist_trgm_ops)",
        "SELECT text FROM bench_segments ORDER BY text <-> %s LIMIT 5",
        1,
    ),
)
_ASKED = 20


def compare(table: Table, sources: Sequence[str], queries: Sequence[str], ours: float, say: Say) -> None:
    """Build both indexes in a temporary table and ask them; says why where there is no PostgreSQL to ask."""
    try:
        connection = _connect()
    except (psycopg.Error, OSError) as error:
        say(f"PostgreSQL is left out: {error}")
        return
    if connection is None:
        say("PostgreSQL is left out: set DATABASE_URL to one whose user may create pg_trgm.")
        return
    with connection, connection.cursor() as cursor:
        try:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except psycopg.Error as error:
            say(f"PostgreSQL is left out: {error}")
            return
        cursor.execute("CREATE TEMPORARY TABLE bench_segments (text text)")
        with cursor.copy("COPY bench_segments FROM STDIN") as copy:
            for source in sources:
                copy.write_row([source])
        cursor.execute("ANALYZE bench_segments")
        cursor.execute("SET pg_trgm.similarity_threshold = 0.5")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        asked = random.Random(5).sample(list(queries), min(_ASKED, len(queries)))
        for name, make, ask, marks in _STATEMENTS:
            say(f"PostgreSQL: {name}")
            begin = time.perf_counter()
            cursor.execute(make)
            built = time.perf_counter() - begin
            times = []
            for query in asked:
                begin = time.perf_counter()
                cursor.execute(ask, [query] * marks)
                cursor.fetchall()
                times.append((time.perf_counter() - begin) * 1000)
            cursor.execute("DROP INDEX bench_trigrams")
            p50 = percentile(times, 0.5)
            table.add(
                f"PostgreSQL trigrams, {name}, p50 (built in {built:.1f} s)",
                p50,
                "ms",
                ratio=p50 / ours,
                against="ours",
            )


def _connect() -> Any:
    """A connection of its own: DATABASE_URL, else the workspace's database where that is PostgreSQL, else None."""
    if url := os.environ.get("DATABASE_URL"):
        return psycopg.connect(url, autocommit=True, connect_timeout=5)
    connection = connections[workspaces.alias()]
    if connection.vendor != "postgresql":
        return None
    return psycopg.connect(**(connection.get_connection_params() | {"autocommit": True}))
