"""The addresses of memories and their entries. Ids may be below zero."""

from __future__ import annotations

from django.urls import path

import locanext_project.converters  # noqa: F401 (registers `signed`)
from apps.ldm.api import entries, memories, memory_transfer, quality

urlpatterns = [
    path("memories", memories.MemoriesView.as_view()),
    path("memories/tree", memories.MemoryTreeView.as_view()),
    path("memories/move", memories.MoveMemories.as_view()),
    path("memories/copy", memories.CopyMemories.as_view()),
    path("memories/import", memory_transfer.NewFromFile.as_view()),
    path("memories/<signed:memory_id>", memories.MemoryView.as_view()),
    path("memories/<signed:memory_id>/quality", quality.MemoryQuality.as_view()),
    path("memories/<signed:memory_id>/entries", entries.MemoryEntries.as_view()),
    path("memories/<signed:memory_id>/entries/act", entries.EntriesAct.as_view()),
    path("memories/<signed:memory_id>/import", memory_transfer.ImportIntoMemory.as_view()),
    path("memories/<signed:memory_id>/export", memory_transfer.ExportMemory.as_view()),
    path("entries/<signed:entry_id>", entries.OneEntry.as_view()),
    path("entries/<signed:entry_id>/history", entries.EntryHistoryView.as_view()),
    path("files/<signed:file_id>/memories", memories.FileMemoriesView.as_view()),
    path("files/<signed:file_id>/memory", memory_transfer.RegisterFile.as_view()),
]
