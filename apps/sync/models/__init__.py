"""What server and desktops remember of each other."""

from .client import Link, MirroredFile, MirroredMemory, MirroredOriginal, MirroredRow, PendingEdit, PlaceOfUpload, Shadow, Subscription
from .conflicts import Conflict
from .server import AppliedEdit, ServerEpoch

__all__ = [
    "AppliedEdit",
    "Conflict",
    "Link",
    "MirroredFile",
    "MirroredMemory",
    "MirroredOriginal",
    "MirroredRow",
    "PendingEdit",
    "PlaceOfUpload",
    "ServerEpoch",
    "Shadow",
    "Subscription",
]
