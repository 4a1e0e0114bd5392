"""Originals: keeping an uploaded file's bytes, reading them again with the same options, forgetting them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from apps.ldm import formats
from apps.ldm.models import ChangeSet, File, ImportPlan, Original, StoredBlob
from apps.ldm.services import blobs
from locanext_project import workspaces

MAX_WARNINGS = 200


def read(
    filename: str, data: bytes, options: Mapping[str, Any] | None = None, source: tuple[str, bytes] | None = None
) -> formats.Document:
    """A document from bytes; `source` is the source-language file of a monolingual format.

    Raises FormatError, also for characters that no database holds.
    """
    return formats.read(filename, data, with_source(options, source))


def read_with_hints(
    filename: str,
    data: bytes,
    options: Mapping[str, Any] | None,
    source: tuple[str, bytes] | None,
    languages: Mapping[str, str],
) -> formats.Document:
    """Read with languages that help a reader choose columns, where the person chose none.

    A column of the hinted source language may be there and empty; then the content decides.
    Raises as `read`.
    """
    hints = {name: code for name, code in languages.items() if code and name not in (options or {})}
    document = read(filename, data, {**(options or {}), **hints}, source)
    if hints and not _has_sources(document):
        plain = read(filename, data, options, source)
        return plain if _has_sources(plain) else document
    return document


def _has_sources(document: formats.Document) -> bool:
    return any(segment.source for segment in document.segments)


def with_source(options: Mapping[str, Any] | None, source: tuple[str, bytes] | None) -> dict[str, Any]:
    """Options for a reader, with the source-language file among them."""
    merged = dict(options or {})
    if source is not None:
        merged["source_file"] = {"filename": source[0], "data": source[1]}
    return merged


def keep(filename: str, data: bytes, document: formats.Document, source: tuple[str, bytes] | None = None) -> Original:
    """Store a document's bytes and the options that read it. Runs in the caller's transaction."""
    return Original.objects.create(
        blob=blobs.store(data),
        source_blob=blobs.store(source[1]) if source else None,
        filename=filename[-255:],
        source_filename=source[0][-255:] if source else "",
        format=document.format,
        encoding=document.encoding,
        options=document.options,
        warnings=[{"place": w.place, "text": w.text} for w in list(document.warnings)[:MAX_WARNINGS]],
        keyed=bool(getattr(document, "keyed", True)),
    )


def read_original(original: Original) -> formats.Document:
    """The document of a stored original, as it was read at its import."""
    data, source = _stored(original)
    return read(original.filename, data, original.options, source)


def open_original(original: Original) -> formats.Writable:
    """A stored original to write into: sooner there than `read_original`, where the format can."""
    data, source = _stored(original)
    return formats.open_for_writing(original.filename, data, with_source(original.options, source))


def _stored(original: Original) -> tuple[bytes, tuple[str, bytes] | None]:
    """The bytes of an original, and its source-language file."""
    return blobs.load(StoredBlob.objects.get(pk=original.blob_id)), source_of(original)


def source_of(original: Original | None) -> tuple[str, bytes] | None:
    """Name and bytes of the source-language file an original was joined with."""
    if original is None or original.source_blob_id is None:
        return None
    return original.source_filename, blobs.load(StoredBlob.objects.get(pk=original.source_blob_id))


def forget_originals(original_ids: Iterable[int]) -> None:
    """Delete those originals that no file, dry run or revert refers to any more, and their bytes."""
    wanted = sorted(set(original_ids))
    if not wanted:
        return
    with workspaces.atomic():
        locked = Original.objects.select_for_update().filter(pk__in=wanted).order_by("pk")
        found = {pk: [blob, source] for pk, blob, source in locked.values_list("pk", "blob_id", "source_blob_id")}
        used = set(File.objects.filter(original_id__in=found).values_list("original_id", flat=True))
        used |= set(ImportPlan.objects.filter(original_id__in=found).values_list("original_id", flat=True))
        # A revert brings back the original that its change set names.
        used |= {pk for pk in found if ChangeSet.objects.filter(before__original=pk).exists()}
        unused = set(found) - used
        Original.objects.filter(pk__in=unused).delete()
    blobs.forget(blob for pk in unused for blob in found[pk] if blob is not None)
