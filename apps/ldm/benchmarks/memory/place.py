"""A project with a file, a memory of a million entries and a term base; all of it is taken away afterwards."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils import timezone

from apps.accounts.models import User
from apps.ldm.benchmarks.memory.fuzzy import Made
from apps.ldm.benchmarks.place import bench_project
from apps.ldm.benchmarks.tables import Table, seconds
from apps.ldm.models import File, Project
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.memories.create import create as create_memory
from apps.ldm.services.tree.structure import Ref
from apps.tm.indexes import folders, reader
from apps.tm.matching.normalise import key_hash, text_hash
from apps.tm.models import Entry, EntryRevision, Memory, Term
from locanext_project import workspaces
from locanext_project.bulk_load import bulk_load

Say = Callable[[str], None]
FIELDS = (
    "memory_id", "key", "key_hash", "source", "target", "source_hash", "previous", "next", "confirmed",
    "created_at", "changed_at", "rev",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """What the look-ups work on. `file`: rows that are the queries, with keys and neighbours."""

    actor: User
    project: Project
    memory: Memory
    file: File


@contextmanager
def bench_memory(made: Made, table: Table, say: Say) -> Iterator[Place]:
    """The memory filled, and a file of the queries beside it."""
    with bench_project("en", "ko") as (actor, project):
        here = Ref("project", project.pk)
        memory, base = (
            create_memory(
                actor=actor,
                name=f"{project.name} {kind}",
                kind=kind,
                source_language="en",
                target_language="ko",
                to=here,
            )
            for kind in (Memory.Kind.MEMORY, Memory.Kind.TERMS)
        )
        try:
            say(f"Writing {len(made.texts):,} entries")
            took, _ = seconds(lambda: _fill(memory, made.texts))
            table.add("entries written", took, "s")
            _fill_terms(base, made.texts)
            (file,) = import_file(
                actor=actor, project=project, folder=None, filename="rows.txt", data=_rows(made.asked)
            )
            yield Place(actor, project, Memory.objects.get(pk=memory.pk), file)
        finally:
            _remove([memory.pk, base.pk])


def _fill(memory: Memory, texts: Sequence[str]) -> None:
    now, last = timezone.now(), len(texts) - 1
    bulk_load(
        Entry,
        FIELDS,
        (
            (
                memory.pk, key := f"row.{n}", key_hash(key), text, text[::-1], text_hash(text),
                texts[n - 1] if n else "", texts[n + 1] if n < last else "", n % 2 == 0, now, now, 1,
            )
            for n, text in enumerate(texts)
        ),
    )  # fmt: skip
    Memory.objects.filter(pk=memory.pk).update(revision=1, entries=len(texts))


def _fill_terms(base: Memory, texts: Sequence[str]) -> None:
    """A thousand terms: words of the texts."""
    chance, now = random.Random(4), timezone.now()
    words = {word for text in chance.sample(texts, min(3000, len(texts))) for word in text.split() if len(word) > 3}
    chosen = sorted(words)[:1000]
    bulk_load(
        Term,
        (
            "memory_id",
            "source",
            "target",
            "source_hash",
            "use",
            "created_at",
            "changed_at",
            "rev",
        ),  # fmt: skip
        ((base.pk, word, word[::-1], text_hash(word), "preferred", now, now, 1) for word in chosen),
    )
    Memory.objects.filter(pk=base.pk).update(revision=1, entries=len(chosen))


def _rows(asked: Sequence[str]) -> bytes:
    """The queries as a file in the layout of the demo's text tables."""
    rows = (text.replace("\t", " ").replace("\n", "\\n") for text in asked)
    return "".join(f"39\t{n}\t1800\t0\t3\t{text}\t\t\t\r\n" for n, text in enumerate(rows)).encode("utf-8")


def _remove(memory_ids: Sequence[int]) -> None:
    """Memories and all that hangs on them, table by table: Django's collector would load every entry."""
    alias = workspaces.alias()
    for memory_id in memory_ids:
        reader.close(memory_id)
        folders.remove(memory_id)
    with workspaces.atomic():
        entries = Entry.objects.filter(memory_id__in=list(memory_ids))
        EntryRevision.objects.filter(entry_id__in=entries.values("pk"))._raw_delete(alias)
        entries._raw_delete(alias)
        Term.objects.filter(memory_id__in=list(memory_ids))._raw_delete(alias)
        Memory.objects.filter(pk__in=list(memory_ids)).delete()
