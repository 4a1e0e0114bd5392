"""The audit actions of this app, each with its sentence."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Promise | str] = {
    "memory_created": _("{actor} made the memory {target}."),
    "memory_renamed": _("{actor} renamed the memory {target} to {name}."),
    "memory_changed": _("{actor} changed the settings of the memory {target}."),
    "memory_copied": _("{actor} copied the memory {target} to {name} (entries: {count})."),
    "memory_imported": _("{actor} imported a file into the memory {target} (added: {added}, changed: {changed})."),
    "memory_exported": _("{actor} exported the memory {target} (entries: {count})."),
    "entry_added": _("{actor} added an entry to the memory {target}."),
    "entry_edited": _("{actor} edited an entry of the memory {target}."),
    "entries_changed": _("{actor} changed {count} entries of the memory {target}."),
    "entries_confirmed": _("{actor} confirmed texts into the memory {target} (entries: {count})."),
    "entries_purged": _("{count} entries of the memory {target}, deleted long ago, were removed for ever."),
    "term_added": _("{actor} added a term to the term base {target}."),
    "term_edited": _("{actor} edited a term of the term base {target}."),
    "terms_changed": _("{actor} changed {count} terms of the term base {target}."),
    "candidates_extracted": _("{actor} searched files for terms for {target} (new candidates: {count})."),
    "candidates_decided": _("{actor} decided about candidates of the term base {target} (candidates: {count})."),
}
