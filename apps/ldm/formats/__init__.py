"""Readers and writers of translatable files, by format. Pure: no Django.

>>> document = read("items.xml", data)
>>> document.segments[0].source
>>> document.write({0: "Salt Fox"})
"""

from .base import Column, Document, FormatError, FormatWarning, Inspection, Options, Segment, Table, Writable
from .registry import FORMATS, extensions, format_of, inspect, open_for_writing, read

__all__ = [
    "FORMATS",
    "Column",
    "Document",
    "FormatError",
    "FormatWarning",
    "Inspection",
    "Options",
    "Segment",
    "Table",
    "Writable",
    "extensions",
    "format_of",
    "inspect",
    "open_for_writing",
    "read",
]
