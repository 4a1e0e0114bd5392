"""Filters kept by name: for oneself, or for everybody who sees the project."""

from __future__ import annotations

from django.db import IntegrityError
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.models import Project, SavedFilter
from apps.ldm.selectors import filter_rows
from locanext_project import workspaces
from locanext_project.errors import Conflict, Forbidden, Invalid, NotFound

MOST = 200
"""Filters of one person in one project."""


def listed(*, actor: User, project_id: int) -> list[SavedFilter]:
    """The person's own filters and the shared ones of a project, by name. Raises NotFound."""
    project = permissions.get_project(actor, project_id)
    found = SavedFilter.objects.filter(Q(shared=True) | Q(owner_id=actor.pk), project=project)
    return sorted(found, key=lambda one: (one.name.casefold(), one.pk))


def may_edit(actor: User, kept: SavedFilter) -> bool:
    """Whether a person may change a filter they see: their own, and as a lead every shared one."""
    return kept.owner_id == actor.pk or (kept.shared and permissions.rights_of(actor).is_lead)


def create(*, actor: User, project_id: int, name: str, query: str, shared: bool = False) -> SavedFilter:
    """Keep a filter. Raises NotFound, Invalid for a query or name that is none, Conflict for a name that is taken."""
    project = permissions.get_project(actor, project_id)
    name, query = _clean_name(name), _clean_query(query)
    with workspaces.atomic():
        if SavedFilter.objects.filter(project=project, owner_id=actor.pk).count() >= MOST:
            raise Invalid(_("You keep %(most)s filters in this project: delete one first.") % {"most": MOST})
        kept = SavedFilter(
            project=project, owner_id=actor.pk, owner_name=actor.name, name=name, query=query, shared=shared
        )
        _save(kept)
        _record("filter_saved", actor, project, kept)
    return kept


def change(
    *, actor: User, filter_id: int, name: str | None = None, query: str | None = None, shared: bool | None = None
) -> SavedFilter:
    """Change what is given. Raises NotFound, Forbidden, Invalid, Conflict; for what stays equal writes nothing."""
    with workspaces.atomic():
        kept = _editable(actor, filter_id)
        before = (kept.name, kept.query, kept.shared)
        if name is not None:
            kept.name = _clean_name(name)
        if query is not None:
            kept.query = _clean_query(query)
        if shared is not None:
            if not shared and kept.owner_id != actor.pk:
                raise Forbidden(_("Only its owner can take this filter back for themselves. You can delete it."))
            kept.shared = shared
        if (kept.name, kept.query, kept.shared) != before:
            _save(kept)
            _record("filter_changed", actor, kept.project, kept)
    return kept


def delete(*, actor: User, filter_id: int) -> None:
    """Remove a filter. Raises NotFound, Forbidden."""
    with workspaces.atomic():
        kept = _editable(actor, filter_id)
        _record("filter_deleted", actor, kept.project, kept)
        kept.delete()


def _editable(actor: User, filter_id: int) -> SavedFilter:
    kept = None
    if -(2**63) <= filter_id < 2**63:
        seen = SavedFilter.objects.filter(Q(shared=True) | Q(owner_id=actor.pk), pk=filter_id)
        kept = seen.select_for_update(of=("self",)).first()
    if kept is None:
        raise NotFound
    # Who does not see the project sees none of its filters.
    permissions.get_project(actor, kept.project_id)
    if not may_edit(actor, kept):
        raise Forbidden(_("This filter is somebody else's. Its owner and leads can change it."))
    return kept


def _save(kept: SavedFilter) -> None:
    try:
        with workspaces.atomic():
            kept.save()
    except IntegrityError:
        raise Conflict(
            _("There is a filter of that name already: %(name)s.") % {"name": kept.name},
            code="name_taken",
            field="name",
        ) from None


def _clean_name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 100:
        raise Invalid(_("The name of a filter has 1 to 100 characters."), field="name")
    return name


def _clean_query(query: str) -> str:
    query = query.strip()
    if not query:
        raise Invalid(_("This filter is empty."), field="query")
    filter_rows.check(query)
    return query


def _record(action: str, actor: User, project: Project, kept: SavedFilter) -> None:
    record(
        action,
        actor=actor,
        target_kind="project",
        target_id=project.pk,
        target_name=project.name,
        detail={"filter": kept.pk, "name": kept.name, "query": kept.query, "shared": kept.shared},
    )
