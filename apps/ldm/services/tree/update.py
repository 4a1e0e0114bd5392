"""Renaming things, and changing what they say about themselves: languages, restriction, assignee, date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import File, Folder, Grant, Platform, Project
from apps.ldm.permissions import Node
from apps.ldm.services import at_server
from apps.ldm.services.tree import names, structure
from apps.ldm.services.tree.create import changed, clean_language
from apps.ldm.services.tree.structure import Ref
from locanext_project import workspaces
from locanext_project.errors import Invalid, NotFound

# Which fields a kind has, and the action of `permissions.RULES` that changing each one takes.
FIELDS: dict[str, dict[str, str]] = {
    "platform": {"name": "rename", "restricted": "manage_access"},
    "project": {
        "name": "rename",
        "restricted": "manage_access",
        "source_language": "edit",
        "target_language": "edit",
    },
    "folder": {"name": "rename"},
    "file": {
        "name": "rename",
        "source_language": "edit",
        "target_language": "edit",
        "assignee_id": "assign",
        "due_date": "assign",
    },
}


def update_node(*, actor: User, ref: Ref, changes: Mapping[str, Any]) -> Node:
    """Set fields of a node (see FIELDS); what is not named stays. One audit entry.

    Raises NotFound, Forbidden, and Invalid for a name that is none or taken, an unknown language,
    a field the kind does not have, or an assignee who cannot see the file. Who works on a server's file, and
    until when, is asked of the server on a desktop: also raises Unavailable then.
    """
    allowed = FIELDS.get(ref.kind, {})
    if unknown := set(changes) - set(allowed):
        raise Invalid(
            _("A %(kind)s has no %(names)s.") % {"kind": _(ref.kind), "names": ", ".join(sorted(unknown))},
            field=min(unknown),
        )
    if ref.kind == "file" and changes and at_server.concerns(ref.id):
        return _update_there(actor, ref, changes)
    with workspaces.atomic():
        node = structure.open_nodes(actor, [ref])[0]
        rights = permissions.rights_of(actor)
        for field in changes:
            rights.require(allowed[field], node)
        values = _values(node, changes)
        before = {name: getattr(node, name) for name in values if getattr(node, name) != values[name]}
        if not before:
            return node
        values = {name: values[name] for name in before}
        for name, value in {**values, **changed(actor)}.items():
            setattr(node, name, value)
        node.save(update_fields=[*values, "changed_at", "changed_by_id", "changed_by_name"])
        if values.get("restricted"):
            _keep_sight(actor, node)
        record(
            f"{ref.kind}_renamed" if "name" in values else f"{ref.kind}_changed",
            actor=actor,
            target_kind=ref.kind,
            target_id=node.pk,
            target_name=str(before.get("name", node.name)),
            detail={"before": before, "after": values, "name": node.name},
        )
    return node


def _update_there(actor: User, ref: Ref, changes: Mapping[str, Any]) -> Node:
    """Set fields of a file on the server, as far as a desktop may: its assignee and its date."""
    rights, node = permissions.rights_of(actor), permissions.get_node(actor, ref.kind, ref.id)
    for field in changes:
        rights.require(FIELDS[ref.kind][field], node)
    given = {name: value.isoformat() if isinstance(value, date) else value for name, value in changes.items()}
    at_server.server().change_file(ref.id, given)
    return permissions.get_node(actor, ref.kind, ref.id)


def _values(node: Node, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The field values that changes mean. Raises Invalid."""
    values: dict[str, Any] = {}
    for field, value in changes.items():
        if field == "name":
            values["name"] = names.clean_name(value)
            _require_free(node, values["name"])
        elif field in ("source_language", "target_language"):
            values[field] = clean_language(value or "", field)
        elif field == "assignee_id":
            values["assignee_id"], values["assignee_name"] = _assignee(node, value)
        elif field == "due_date":
            values["due_date"] = _date(value)
        else:
            values[field] = bool(value)
    return values


def _require_free(node: Node, name: str) -> None:
    kind = permissions.kind_of(node)
    if isinstance(node, Platform):
        names.require_free(kind, name, None, but=node.pk)
    elif isinstance(node, Project):
        names.require_free(kind, name, node.platform_id, but=node.pk)
    else:
        parent_id = node.parent_id if isinstance(node, Folder) else node.folder_id
        names.require_free(kind, name, parent_id, node.project_id, but=node.pk)


def _assignee(node: Node, user_id: int | None) -> tuple[int | None, str]:
    """A person to whom the file can be given; None takes it from whoever has it. Raises Invalid."""
    if user_id is None:
        return None, ""
    person = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    if person is None:
        raise Invalid(_("There is no such person."), field="assignee_id")
    assert isinstance(node, File)  # noqa: S101 (FIELDS gives only files an assignee)
    try:
        permissions.get_file(person, node.pk)
    except NotFound:
        raise Invalid(
            _("%(name)s cannot see this file. Grant access first.") % {"name": person.name}, field="assignee_id"
        ) from None
    return person.pk, person.name


def _date(value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise Invalid(_("A date looks like 2026-11-30."), field="due_date") from None


def _keep_sight(actor: User, node: Node) -> None:
    """Whoever restricts a thing goes on seeing it."""
    if permissions.sees_everything(actor) or node.created_by_id == actor.pk:
        return
    place = {"platform" if isinstance(node, Platform) else "project": node}
    Grant.objects.get_or_create(user=actor, **place, defaults={"granted_by_name": actor.name})
