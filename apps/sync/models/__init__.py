"""What server and desktops remember of each other."""

from .client import Link, MirroredFile, MirroredMemory, MirroredRow, PendingEdit, PlaceOfUpload, Shadow
from .conflicts import Conflict
from .server import AppliedEdit, CreatedThing, IncomingBlob, IncomingPart, ServerEpoch

__all__ = [
    "AppliedEdit",
    "Conflict",
    "CreatedThing",
    "IncomingBlob",
    "IncomingPart",
    "Link",
    "MirroredFile",
    "MirroredMemory",
    "MirroredRow",
    "PendingEdit",
    "PlaceOfUpload",
    "ServerEpoch",
    "Shadow",
]
