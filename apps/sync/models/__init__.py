"""What server and desktops remember of each other."""

from .client import (
    Link,
    MirroredFile,
    MirroredMemory,
    MirroredOriginal,
    MirroredRow,
    PendingEdit,
    PlaceOfUpload,
    Shadow,
    Subscription,
)
from .conflicts import Conflict
from .server import AppliedEdit, ArrivingFile, CreatedThing, IncomingBlob, IncomingPart, ServerEpoch

__all__ = [
    "AppliedEdit",
    "ArrivingFile",
    "Conflict",
    "CreatedThing",
    "IncomingBlob",
    "IncomingPart",
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
