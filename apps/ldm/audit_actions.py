"""The audit actions of this app, each with its sentence."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Promise | str] = {
    "file_imported": _("{actor} imported {target}."),
    "file_reimported": _("{actor} imported a new version of {target}."),
    "file_exported": _("{actor} downloaded {target}."),
    "tree_exported": _("{actor} downloaded everything in {target}."),
    "row_edited": _("{actor} edited a row of {target}."),
    "rows_changed": _("{actor} changed {count} rows of {target}."),
    "change_set_reverted": _("{actor} reverted a change set of {target}."),
    "bilingual_taken_back": _("{actor} took a bilingual sheet of {target} back."),
}
