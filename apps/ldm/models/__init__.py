"""Platforms, projects, folders, files and rows, and what happened to them."""

from .access import Capability, Grant
from .changes import ChangeSet, RowRevision
from .checking import LengthRule, RowIssue, SavedFilter
from .live import Presence, RowLease, SocketTicket
from .memory_scope import MemoryAssignment
from .originals import Original, StoredBlob, StoredBlobChunk, Upload
from .plans import ImportPlan, ImportPlanItem
from .rows import Row, RowText
from .tree import File, Folder, Platform, Project, TrashItem
from .values import Origin, Status

__all__ = [
    "Capability",
    "ChangeSet",
    "File",
    "Folder",
    "Grant",
    "ImportPlan",
    "ImportPlanItem",
    "LengthRule",
    "MemoryAssignment",
    "Origin",
    "Original",
    "Platform",
    "Presence",
    "Project",
    "Row",
    "RowIssue",
    "RowLease",
    "RowRevision",
    "RowText",
    "SavedFilter",
    "SocketTicket",
    "Status",
    "StoredBlob",
    "StoredBlobChunk",
    "TrashItem",
    "Upload",
]
