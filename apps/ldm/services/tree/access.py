"""Granting sight of restricted things, and the capabilities beyond a role."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import Capability, Grant, Platform, Project
from apps.ldm.services.tree.structure import Ref
from locanext_project import workspaces
from locanext_project.errors import Forbidden, Invalid, NotFound


def add_grant(*, actor: User, ref: Ref, user_id: int) -> Grant:
    """Let a person see a platform or project, restricted or not yet. Granting twice changes nothing.

    Raises NotFound, Forbidden, Invalid for an unknown person.
    """
    with workspaces.atomic():
        node = _managed(actor, ref)
        person = _person(user_id)
        grant, created = Grant.objects.get_or_create(
            user=person, **{ref.kind: node}, defaults={"granted_by_name": actor.name}
        )
        if created:
            _record("access_granted", actor, node, person)
    return grant


def remove_grant(*, actor: User, ref: Ref, user_id: int) -> None:
    """Take a person's grant back. Raises NotFound (also without such a grant), Forbidden."""
    with workspaces.atomic():
        node = _managed(actor, ref)
        grant = Grant.objects.select_related("user").filter(user_id=user_id, **{ref.kind: node}).first()
        if grant is None:
            raise NotFound(_("This person has no grant here."))
        person = grant.user
        grant.delete()
        _record("access_withdrawn", actor, node, person)


def grant_capability(*, actor: User, user_id: int, name: str, expires_at: datetime | None = None) -> Capability:
    """Give a person a capability, for ever or until a time; a second grant sets the time anew.

    Raises Forbidden below lead and for giving oneself one, Invalid.
    """
    permissions.rights_of(actor).require_lead()
    if name not in Capability.Name.values:
        raise Invalid(
            _("The capabilities are %(choices)s.") % {"choices": ", ".join(Capability.Name.values)}, field="name"
        )
    if expires_at is not None and expires_at <= timezone.now():
        raise Invalid(_("This time is over already."), field="expires_at")
    with workspaces.atomic():
        person = _person(user_id)
        if person.pk == actor.pk and not actor.is_admin:
            raise Forbidden(_("Nobody gives a permission to themselves. Ask an admin."))
        capability, _created = Capability.objects.update_or_create(
            user=person, name=name, defaults={"expires_at": expires_at, "granted_by_name": actor.name}
        )
        record(
            "capability_granted",
            actor=actor,
            target_kind="user",
            target_id=person.pk,
            target_name=person.name,
            detail={"capability": name, "expires_at": expires_at.isoformat() if expires_at else None},
        )
    return capability


def withdraw_capability(*, actor: User, user_id: int, name: str) -> None:
    """Take a capability back. Raises NotFound where the person does not have it, Forbidden below lead."""
    permissions.rights_of(actor).require_lead()
    with workspaces.atomic():
        capability = Capability.objects.select_related("user").filter(user_id=user_id, name=name).first()
        if capability is None:
            raise NotFound(_("This person does not have this permission."))
        capability.delete()
        record(
            "capability_withdrawn",
            actor=actor,
            target_kind="user",
            target_id=user_id,
            target_name=capability.user.name,
            detail={"capability": name},
        )


def grants_of(*, actor: User, ref: Ref) -> list[Grant]:
    """Who was granted sight of a platform or project, with the people. Raises NotFound, Forbidden."""
    node = _managed(actor, ref)
    return list(Grant.objects.filter(**{ref.kind: node}).select_related("user").order_by("user__username_key"))


def _managed(actor: User, ref: Ref) -> Platform | Project:
    node = permissions.get_node(actor, ref.kind, ref.id)
    if not isinstance(node, (Platform, Project)):
        raise NotFound()
    permissions.require(actor, "manage_access", node)
    return node


def _person(user_id: int) -> User:
    person = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    if person is None:
        raise Invalid(_("There is no such person."), field="user_id")
    return person


def _record(action: str, actor: User, node: Platform | Project, person: User) -> None:
    record(
        action,
        actor=actor,
        target_kind=permissions.kind_of(node),
        target_id=node.pk,
        target_name=node.name,
        detail={"person": person.name, "person_id": person.pk},
    )
