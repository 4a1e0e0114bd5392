"""Terms of term bases: added, edited, removed, imported, exported, and made of candidates."""

from __future__ import annotations

from apps.tm.services.terms.export import export_terms
from apps.tm.services.terms.load import load_terms, preview_terms

__all__ = ["export_terms", "load_terms", "preview_terms"]
