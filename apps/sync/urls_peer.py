"""Addresses of the protocol, for desktops."""

from __future__ import annotations

from django.urls import URLPattern, path

import locanext_project.converters  # noqa: F401 (registers `signed`)
from apps.sync.api import peer_reading, peer_sending

urlpatterns: list[URLPattern] = [
    path("sync/hello", peer_sending.Greeting.as_view()),
    path("sync/tree", peer_reading.Tree.as_view()),
    path("sync/files/<signed:file_id>/path", peer_reading.FilePath.as_view()),
    path("sync/files/<signed:file_id>/snapshot", peer_reading.FileSnapshot.as_view()),
    path("sync/files/<signed:file_id>/changes", peer_reading.FileRowsSince.as_view()),
    path("sync/files/<signed:file_id>/original", peer_reading.FileOriginal.as_view()),
    path("sync/files/<signed:file_id>/blobs/<str:sha256>", peer_reading.FileBlob.as_view()),
    path("sync/files/<signed:file_id>/memories", peer_reading.FileMemories.as_view()),
    path("sync/files/<signed:file_id>/conflicts", peer_reading.FileConflicts.as_view()),
    path("sync/memories/<signed:memory_id>/entries", peer_reading.MemoryEntries.as_view()),
    path("sync/push", peer_sending.Edits.as_view()),
    path("sync/blobs/<str:sha256>", peer_sending.Blob.as_view()),
    path("sync/things", peer_sending.Things.as_view()),
    path("sync/conflicts/<uuid:op>/resolution", peer_sending.Decision.as_view()),
]
