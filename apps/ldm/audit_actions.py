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
    "demo_account_made": _("The demo account {target} was made."),
    "demo_retired": _("The demo account {target} was switched off."),
    "change_set_reverted": _("{actor} reverted a change set of {target}."),
    "file_pretranslated": _("{actor} filled {count} rows of {target} from memories."),
    "rates_changed": _("{actor} changed the rates of the project {target}."),
    "bilingual_taken_back": _("{actor} took a bilingual sheet of {target} back."),
    "platform_created": _("{actor} made the platform {target}."),
    "platform_renamed": _("{actor} renamed the platform {target} to {name}."),
    "platform_changed": _("{actor} changed the settings of the platform {target}."),
    "project_created": _("{actor} made the project {target}."),
    "project_renamed": _("{actor} renamed the project {target} to {name}."),
    "project_changed": _("{actor} changed the settings of the project {target}."),
    "folder_created": _("{actor} made the folder {target}."),
    "folder_renamed": _("{actor} renamed the folder {target} to {name}."),
    "file_renamed": _("{actor} renamed the file {target} to {name}."),
    "file_changed": _("{actor} changed the settings of the file {target}."),
    "nodes_moved": _("{actor} moved {target} to {to} (things moved: {count})."),
    "nodes_copied": _("{actor} copied {target} (files copied: {files})."),
    "nodes_deleted": _("{actor} moved {target} to the recycle bin (things: {count}, files in them: {files})."),
    "node_restored": _("{actor} restored {target} from the recycle bin."),
    "trash_deleted": _("{actor} deleted {target} from the recycle bin for ever."),
    "trash_emptied": _("{actor} emptied the recycle bin (things: {count}, files in them: {files})."),
    "trash_purged": _("{target}, deleted by {deleted_by}, was removed from the recycle bin."),
    "memories_moved": _("{actor} moved {target} to {to} (memories: {count})."),
    "memory_use_changed": _("{actor} changed how the memory {target} is used."),
    "memory_trashed": _("{actor} moved the memory {target} to the recycle bin."),
    "memory_restored": _("{actor} restored the memory {target} from the recycle bin."),
    "memory_discarded": _("The memory {target}, made for a file that could not be imported, was removed again."),
    "access_granted": _("{actor} gave {person} access to {target}."),
    "access_withdrawn": _("{actor} took the access to {target} from {person}."),
    "capability_granted": _("{actor} gave {target} the permission {capability}."),
    "capability_withdrawn": _("{actor} took the permission {capability} from {target}."),
}
