"""Who may see what, and who may do what to it.

Everything is public until a platform or project is restricted; then only its creator, the people granted and admins
see it (leads do not, unless one of these). A project inherits its platform's restriction; a grant on the project, or
having created it, is enough to see it and the names on its path, but nothing else of the platform. A project that is
restricted itself asks for its own grant. What one may not see does not exist (404); what one sees but may not do is
403. In a desktop's own database everything is the person's to see; `permissions_desktop` says what they may do there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.ldm import permissions_desktop as desktop_rules
from apps.ldm.models import Capability, File, Folder, Grant, Platform, Project
from locanext_project.errors import Forbidden, NotFound
from locanext_project.local_ids import is_desktop
from locanext_project.prepared import Prepared, instance
from locanext_project.workspaces import alias, alias_of_id

Node = Platform | Project | Folder | File
M = TypeVar("M", bound=Model)


class Person(Protocol):
    """What is asked of a user here; AnonymousUser fits, and sees nothing."""

    @property
    def pk(self) -> Any: ...
    @property
    def is_authenticated(self) -> Any: ...


# What each kind of node allows, and the level it takes: "any" who sees it, a role, or a capability.
_SHARED = {"rename": "any", "delete": "any", "move": "any", "copy": "any", "download": "any", "import": "any"}
RULES: dict[str, dict[str, str]] = {
    "platform": {
        "rename": "lead",
        "manage_access": "lead",
        "create_project": "lead",
        "delete": Capability.Name.DELETE_PLATFORM,
        "restore": "lead_or:delete_platform",
        "move": "nobody",
    },
    "project": {
        "rename": "lead",
        "edit": "lead",
        "manage_access": "lead",
        "move": "lead",
        "copy": "lead",
        "delete": Capability.Name.DELETE_PROJECT,
        "restore": "lead_or:delete_project",
        "create_folder": "any",
        "import": "any",
        "download": "any",
    },
    "folder": _SHARED | {"create_folder": "any", "restore": "any"},
    "file": _SHARED
    | {
        "edit": "any",
        "edit_rows": "any",
        "restore": "any",
        "review": "reviewer",
        "assign": "lead",
        "approve": "lead",
        "lock_rows": "lead",
        "revert_others": "lead",
    },
}
BY_ROLE = {"any", "nobody", "reviewer", "lead"}
_ACROSS = _("Moving things to another project takes a permission that you do not have. Ask a lead.")
REFUSALS: dict[str, Promise | str] = {
    "nobody": _("This cannot be done."),
    "reviewer": _("Only reviewers and leads may do this."),
    "lead": _("Only leads may do this."),
    Capability.Name.DELETE_PLATFORM: _("Deleting platforms takes a permission that you do not have. Ask a lead."),
    Capability.Name.DELETE_PROJECT: _("Deleting projects takes a permission that you do not have. Ask a lead."),
    Capability.Name.MOVE_ACROSS_PROJECTS: _ACROSS,
    Capability.Name.EMPTY_TRASH: _("Deleting for ever takes a permission that you do not have. Ask a lead."),
}


def kind_of(node: Node) -> str:
    """ "platform", "project", "folder" or "file"."""
    return str(node._meta.model_name)


# ---- seeing ----
def sees_everything(user: Person) -> bool:
    """Whether restrictions do not concern this person: an admin, or whoever sits at a desktop before its own data."""
    return bool(user.is_authenticated and (getattr(user, "is_admin", False) or is_desktop()))


def open_platform_q(user: Person, prefix: str = "") -> Q:
    """Platforms whose contents a person sees, as a condition on a join; `prefix` such as "platform__"."""
    if sees_everything(user):
        return Q()
    if not user.is_authenticated:
        return Q(pk__in=[])
    granted = Grant.objects.filter(user_id=user.pk, platform__isnull=False).values("platform_id")
    return (
        Q(**{f"{prefix}restricted": False})
        | Q(**{f"{prefix}created_by_id": user.pk})
        | Q(**{f"{prefix}pk__in": granted})
    )


def project_q(user: Person, prefix: str = "") -> Q:
    """Projects a person sees, as a condition on a join; `prefix` such as "project__"."""
    if sees_everything(user):
        return Q()
    if not user.is_authenticated:
        return Q(pk__in=[])
    inherited = Q(**{f"{prefix}platform__isnull": True}) | open_platform_q(user, f"{prefix}platform__")
    return (Q(**{f"{prefix}restricted": False}) & inherited) | _own_project_q(user, prefix)


def _own_project_q(user: Person, prefix: str = "") -> Q:
    """Projects a person sees whatever their platform says."""
    granted = Grant.objects.filter(user_id=user.pk, project__isnull=False).values("project_id")
    return Q(**{f"{prefix}created_by_id": user.pk}) | Q(**{f"{prefix}pk__in": granted})


def visible_platforms(user: Person, *, include_trashed: bool = False) -> QuerySet[Platform]:
    """Platforms a person sees, those included that are shown as the path to a project only."""
    condition = open_platform_q(user)
    if user.is_authenticated and not sees_everything(user):
        own = Project.objects.filter(_own_project_q(user), platform_id=OuterRef("pk"))
        condition = condition | Q(Exists(own if include_trashed else own.filter(trash__isnull=True)))
    found = Platform.objects.filter(condition)
    return found if include_trashed else found.filter(trash__isnull=True)


def visible_projects(user: Person, *, include_trashed: bool = False) -> QuerySet[Project]:
    """Projects a person sees; usable as `project__in=visible_projects(user)`."""
    found = Project.objects.filter(project_q(user))
    return found if include_trashed else found.filter(trash__isnull=True)


def get_platform(user: Person, pk: int, *, include_trashed: bool = False) -> Platform:
    """A platform the person sees. Raises NotFound."""
    return _one(visible_platforms(user, include_trashed=include_trashed), pk)


def get_project(user: Person, pk: int, *, include_trashed: bool = False) -> Project:
    """A project the person sees, with its platform loaded. Raises NotFound."""
    return _one(visible_projects(user, include_trashed=include_trashed).select_related("platform"), pk)


def get_folder(user: Person, pk: int, *, include_trashed: bool = False) -> Folder:
    """A folder the person sees, with project and platform loaded. Raises NotFound."""
    found = Folder.objects.filter(project_q(user, "project__")).select_related("project__platform")
    return _one(found if include_trashed else found.filter(trash__isnull=True), pk)


def get_file(user: Person, pk: int, *, include_trashed: bool = False) -> File:
    """A file the person sees, with project and platform loaded. Raises NotFound."""
    if include_trashed:
        return _one(File.objects.filter(project_q(user, "project__")).select_related("project__platform"), pk)
    if not user.is_authenticated:
        raise NotFound()
    _require_own_id(pk)
    # Asked for by nearly every request: building the statement took longer than answering it.
    found = _any_whole_file(pk) if sees_everything(user) else _whole_file(user.pk, pk)
    if not found:
        raise NotFound()
    return _file_of(found[0], _FILE_WHOLE, _PROJECT_WHOLE, _PLATFORM_WHOLE)


def get_file_fast(user: Person, pk: int) -> File:
    """`get_file` for what is asked with every row: names, languages and places only, the rest is read when used.

    Raises NotFound.
    """
    if not user.is_authenticated:
        raise NotFound()
    _require_own_id(pk)
    found = _any_file_values(pk) if sees_everything(user) else _file_values(user.pk, pk)
    if not found:
        raise NotFound()
    return _file_of(found[0], _FILE, _PROJECT, _PLATFORM)


def _file_of(
    values: Sequence[Any], file_names: Sequence[str], project_names: Sequence[str], platform_names: Sequence[str]
) -> File:
    """A file with its project and platform, from the columns of all three."""
    above, top = len(file_names), len(file_names) + len(project_names)
    file, project = instance(File, file_names, values[:above]), instance(Project, project_names, values[above:top])
    project.platform = instance(Platform, platform_names, values[top:]) if project.platform_id is not None else None
    file.project = project
    return file


def get_node(user: Person, kind: str, pk: int, *, include_trashed: bool = False) -> Node:
    """A node of any kind. Raises NotFound, for an unknown kind too."""
    getters = {"platform": get_platform, "project": get_project, "folder": get_folder, "file": get_file}
    if kind not in getters:
        raise NotFound()
    return getters[kind](user, pk, include_trashed=include_trashed)  # type: ignore[operator, return-value]


def is_here(pk: int) -> bool:
    """Whether an id can be one of this database.

    One that was born offline is in one database only: elsewhere it must not hit a stranger.
    """
    return -(2**63) <= pk < 2**63 and alias_of_id(pk) == alias()


def _require_own_id(pk: int) -> None:
    if not is_here(pk):
        raise NotFound()


def _one(found: QuerySet[M], pk: int) -> M:
    _require_own_id(pk)
    node = found.filter(pk=pk).first()
    if node is None:
        raise NotFound()
    return node


@dataclass(frozen=True)
class _Somebody:
    """A person of whom only the number counts."""

    pk: int
    is_admin: bool
    is_authenticated: bool = True


_FILE = ("id", "name", "folder_id", "project_id", "source_language", "target_language")
_PROJECT = ("id", "name", "platform_id", "source_language", "target_language")
_PLATFORM = ("id", "name", "restricted", "created_by_id")
_FILE_WHOLE, _PROJECT_WHOLE, _PLATFORM_WHOLE = (
    tuple(field.attname for field in model._meta.concrete_fields) for model in (File, Project, Platform)
)


def _visible_file(
    user_id: int, pk: int, *, everything: bool = False, whole: bool = False
) -> QuerySet[File, tuple[Any, ...]]:
    seen = File.objects.filter(project_q(_Somebody(user_id, everything), "project__"), trash__isnull=True, pk=pk)
    file, project, platform = (_FILE_WHOLE, _PROJECT_WHOLE, _PLATFORM_WHOLE) if whole else (_FILE, _PROJECT, _PLATFORM)
    return seen.values_list(
        *file, *(f"project__{name}" for name in project), *(f"project__platform__{name}" for name in platform)
    )


def _visible_everything(pk: int, *, whole: bool = False) -> QuerySet[File, tuple[Any, ...]]:
    return _visible_file(0, pk, everything=True, whole=whole)


_file_values, _any_file_values = Prepared(_visible_file), Prepared(_visible_everything)
_whole_file, _any_whole_file = partial(_file_values, whole=True), partial(_any_file_values, whole=True)


# ---- doing ----
@dataclass(frozen=True)
class Rights:
    """One person's role, capabilities and grants, loaded once, so that asking costs no query."""

    user_id: int
    """0 for nobody, who may do nothing."""
    is_admin: bool
    is_lead: bool
    is_reviewer: bool
    capabilities: frozenset[str]
    platforms: frozenset[int]
    desktop: bool = False
    """In a desktop's own database, where ids below zero are the person's own things."""

    def has(self, capability: str) -> bool:
        """Whether the person holds a capability now. Admins hold all; a desktop's bin is its person's to empty."""
        if self.desktop and capability == Capability.Name.EMPTY_TRASH:
            return self.user_id != 0
        return self.is_admin or capability in self.capabilities

    def opens(self, platform: Platform) -> bool:
        """Whether the person sees into a platform, and not just its name on a path."""
        return (
            self.is_admin
            or self.desktop
            or not platform.restricted
            or platform.created_by_id == self.user_id
            or platform.pk in self.platforms
        )

    def may(self, node: Node) -> dict[str, bool]:
        """Every action of the node's kind: whether this person may do it."""
        kind = kind_of(node)
        usable = self.user_id != 0 and (not isinstance(node, Platform) or self.opens(node))
        reached = {what: usable and self._reaches(level) for what, level in RULES[kind].items()}
        if not self.desktop:
            return reached
        return {
            what: usable and desktop_rules.allows(kind, node.pk, what, by_role=may) for what, may in reached.items()
        }

    @property
    def may_make_projects(self) -> bool:
        """Whether the person may make platforms, and projects on none."""
        return self.is_lead and not self.desktop

    def require(self, what: str, node: Node) -> None:
        """Raises Forbidden unless the person may do `what` to a node they see."""
        if not self.may(node)[what]:
            level = RULES[kind_of(node)][what]
            if self.desktop and (words := desktop_rules.refusal(kind_of(node), node.pk, what)):
                raise Forbidden(str(words), code="desktop", action=what)
            raise Forbidden(str(REFUSALS.get(level.removeprefix("lead_or:"), REFUSALS["lead"])), action=what)

    def require_capability(self, capability: str) -> None:
        """Raises Forbidden unless the person holds a capability now."""
        if not self.has(capability):
            raise Forbidden(str(REFUSALS[capability]), capability=str(capability))

    def require_lead(self) -> None:
        """Raises Forbidden unless the person is a lead or an admin; on a desktop nobody is, beyond single files."""
        if self.desktop:
            raise Forbidden(str(desktop_rules.TOP), code="desktop")
        if not self.is_lead:
            raise Forbidden(str(REFUSALS["lead"]))

    def _reaches(self, level: str) -> bool:
        if level.startswith("lead_or:"):
            return self.is_lead or self.has(level.removeprefix("lead_or:"))
        if level in ("any", "nobody"):
            return level == "any"
        if level in ("lead", "reviewer"):
            return self.is_lead or (level == "reviewer" and self.is_reviewer)
        return self.has(level)


_capabilities = Prepared(lambda user_id: Capability.objects.filter(user_id=user_id).values_list("name", "expires_at"))
_granted_platforms = Prepared(
    lambda user_id: Grant.objects.filter(user_id=user_id, platform__isnull=False).values_list("platform_id")
)


def rights_of(user: Any) -> Rights:
    """The rights of a person at this moment, in two queries (none for admins and for nobody)."""
    capabilities: Collection[str] = ()
    platforms: Collection[int] = ()
    if user.is_authenticated and not getattr(user, "is_admin", False) and not is_desktop():
        now = timezone.now()
        capabilities = [name for name, expires in _capabilities(user.pk) if expires is None or expires > now]
        platforms = [pk for (pk,) in _granted_platforms(user.pk)]
    return _rights(user, capabilities, platforms)


def _rights(user: Any, capabilities: Collection[str] = (), platforms: Collection[int] = ()) -> Rights:
    is_admin = bool(user.is_authenticated and getattr(user, "is_admin", False))
    is_lead = is_admin or bool(user.is_authenticated and getattr(user, "is_lead", False))
    return Rights(
        user_id=user.pk or 0,
        is_admin=is_admin,
        is_lead=is_lead,
        is_reviewer=is_lead or bool(user.is_authenticated and getattr(user, "is_reviewer", False)),
        capabilities=frozenset(capabilities),
        platforms=frozenset(platforms),
        desktop=is_desktop(),
    )


def leads(user: Any, pk: int) -> bool:
    """Whether a person counts as a lead at a file: by role, or because it was born on their desktop."""
    return bool(user.is_lead) or desktop_rules.is_own(pk)


def reviews(user: Any, pk: int) -> bool:
    """Whether a person counts as a reviewer at a file, as `leads`."""
    return bool(user.is_reviewer) or desktop_rules.is_own(pk)


def may(user: Any, node: Node) -> dict[str, bool]:
    """What a person may do to a node they see; for many nodes use `rights_of` once."""
    return rights_of(user).may(node)


def require(user: Any, what: str, node: Node) -> None:
    """Raises Forbidden unless a person may do `what` (an action of RULES) to a node they see."""
    level = RULES[kind_of(node)][what]
    # Every save asks this: where the role decides, capabilities and grants are not read.
    by_role = level in BY_ROLE and not isinstance(node, Platform)
    (_rights(user) if by_role else rights_of(user)).require(what, node)


def require_capability(user: Any, capability: str) -> None:
    """Raises Forbidden unless a person holds a capability now."""
    rights_of(user).require_capability(capability)
