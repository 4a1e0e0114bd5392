"""Making platforms, projects and folders."""

from __future__ import annotations

from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.audit.services import record
from apps.ldm import permissions
from apps.ldm.formats import languages
from apps.ldm.models import Folder, Platform, Project
from apps.ldm.services.tree import names, structure
from locanext_project import workspaces
from locanext_project.errors import Invalid


def create_platform(*, actor: User, name: str, restricted: bool = False) -> Platform:
    """A platform. Raises Forbidden below lead, Invalid for a name that is none or taken."""
    permissions.rights_of(actor).require_lead()
    name = names.clean_name(name)
    with workspaces.atomic():
        structure.lock([structure.TOP])
        names.require_free("platform", name, None)
        platform = Platform.objects.create(name=name, restricted=restricted, **stamps(actor))
        record("platform_created", actor=actor, target_kind="platform", target_id=platform.pk, target_name=name)
    return platform


def create_project(
    *,
    actor: User,
    platform_id: int | None,
    name: str,
    source_language: str = "ko",
    target_language: str = "",
    restricted: bool = False,
) -> Project:
    """A project on a platform, or on none. Raises NotFound, Forbidden below lead, Invalid."""
    rights = permissions.rights_of(actor)
    name = names.clean_name(name)
    source_language = clean_language(source_language, "source_language")
    target_language = clean_language(target_language, "target_language")
    with workspaces.atomic():
        structure.lock([structure.TOP])
        if platform_id is None:
            rights.require_lead()
        else:
            rights.require("create_project", permissions.get_platform(actor, platform_id))
        names.require_free("project", name, platform_id)
        project = Project.objects.create(
            platform_id=platform_id,
            name=name,
            source_language=source_language,
            target_language=target_language,
            restricted=restricted,
            **stamps(actor),
        )
        record("project_created", actor=actor, target_kind="project", target_id=project.pk, target_name=name)
    return project


def create_folder(*, actor: User, project_id: int, parent_id: int | None, name: str) -> Folder:
    """A folder in a project or in one of its folders. Raises NotFound, Forbidden, Invalid."""
    name = names.clean_name(name)
    with workspaces.atomic():
        project, parent = structure.open_place(actor, project_id, parent_id)
        permissions.require(actor, "create_folder", parent or project)
        names.require_free("folder", name, parent_id, project_id)
        folder = Folder.objects.create(project_id=project_id, parent_id=parent_id, name=name, **stamps(actor))
        record("folder_created", actor=actor, target_kind="folder", target_id=folder.pk, target_name=name)
    return folder


def stamps(actor: User) -> dict[str, object]:
    """Who makes something, as field values of a new entity."""
    return {"created_by_id": actor.pk, "created_by_name": actor.name, **changed(actor)}


def changed(actor: User) -> dict[str, object]:
    """Who changes something, as field values."""
    return {"changed_by_id": actor.pk, "changed_by_name": actor.name}


def clean_language(code: str, field: str) -> str:
    """A language code as it is stored; "" stands for unknown. Raises Invalid."""
    code = code.strip()
    if not code:
        return ""
    if languages.find(code) is None:
        raise Invalid(
            _("“%(code)s” is not a language code. Codes look like ko, en or pt-BR.") % {"code": code}, field=field
        )
    return languages.normal_code(code)
