"""Readers and writers of translatable files, by format. Pure: no Django.

>>> document = read("items.xml", data)
>>> document.segments[0].source
>>> document.write({0: "Salt Fox"})
"""

from .base import Column, Document, FormatError, FormatWarning, Inspection, Options, Segment, Table
from .registry import FORMATS, extensions, format_of, inspect, read

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
    "extensions",
    "format_of",
    "inspect",
    "read",
]
