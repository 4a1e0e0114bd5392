"""Memories and term bases, their entries and terms, and how look-ups went."""

from .entries import Entry, EntryRevision
from .memories import Memory
from .terms import Term, TermCandidate
from .usage import LookupDay, MatchDay

__all__ = ["Entry", "EntryRevision", "LookupDay", "MatchDay", "Memory", "Term", "TermCandidate"]
