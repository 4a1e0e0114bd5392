"""The places of mirrored files, under the server's ids: parents first, nothing ever deleted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from django.utils.translation import gettext as _

from apps.ldm.models import File, Folder, LengthRule, Platform, Project
from apps.ldm.models.tree import NAME_LENGTH
from apps.ldm.services.checks import whole_file
from apps.ldm.services.tree.recount import recount_all
from apps.sync.models import MirroredFile, Subscription
from apps.sync.protocol import MOST_PARTS, Nodes, Refused, SyncPeer
from locanext_project import by_ids, workspaces
from locanext_project.chunks import chunks
from locanext_project.id_guards import open_for_mirror

Node = Platform | Project | Folder | File
Place = tuple[str, int]
"""Kind and id of a node."""


class Leveled(Protocol):
    """A server that shows its tree level by level."""

    def level(self, parent: str, cursor: str = "", limit: int = ...) -> Nodes: ...


_STAMPS = (
    "created_at", "created_by_id", "created_by_name", "changed_at", "changed_by_id", "changed_by_name",
)  # fmt: skip
_OWN: dict[str, tuple[str, ...]] = {
    "platform": ("name", "restricted"),
    "project": ("name", "platform_id", "source_language", "target_language", "restricted", "settings"),
    "folder": ("name", "project_id", "parent_id"),
    "file": (
        "name", "project_id", "folder_id", "variant", "format", "source_language", "target_language", "assignee_id",
        "assignee_name", "due_date",
    ),
}  # fmt: skip
_MODELS: dict[str, type[Node]] = {"platform": Platform, "project": Project, "folder": Folder, "file": File}
_PLACES = ("platform_id", "project_id", "parent_id", "folder_id")
_RULE = ("file_id", "query", "characters", "lines", "position")
_TIMES = ("created_at", "changed_at")


def mirror_nodes(nodes: Iterable[Mapping[str, Any]]) -> int:
    """Take over nodes of the server's tree; how many are new or other than before.

    A parent is among the nodes or here already, else Refused("invalid"): no child is ever without
    its place. What is here and not among them stays as it is.
    """
    by_kind: dict[str, dict[int, Mapping[str, Any]]] = {kind: {} for kind in _MODELS}
    for node in nodes:
        if node["kind"] not in by_kind or int(node["id"]) <= 0:
            raise Refused(
                "invalid",
                _("The server sent %(kind)s %(id)s, which cannot be mirrored.")
                % {"kind": node["kind"], "id": node["id"]},
            )
        by_kind[node["kind"]][int(node["id"])] = node
    changed, moved = 0, list[Place]()
    with workspaces.atomic(), open_for_mirror():
        for kind, found in by_kind.items():
            ordered = _parents_first(found) if kind == "folder" else list(found.values())
            here: dict[int, Node] = {one.pk: one for one in by_ids.found(_MODELS[kind], list(found))}
            for node in ordered:
                changed += _upsert(kind, here.get(int(node["id"])), node, moved)
        for node in by_kind["project"].values():
            if "length_rules" in node:
                _length_rules(int(node["id"]), node["length_rules"])
        if moved:
            # Counters follow what lies where: counted anew, as it seldom happens.
            list(recount_all(repair=True))
    return changed


def _parents_first(folders: Mapping[int, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    ordered: dict[int, Mapping[str, Any]] = {}

    def add(pk: int, depth: int = 0) -> None:
        if pk in ordered or pk not in folders or depth > len(folders):
            return
        if (parent := folders[pk]["parent_id"]) is not None:
            add(int(parent), depth + 1)
        ordered[pk] = folders[pk]

    for pk in folders:
        add(pk)
    return list(ordered.values())


def _upsert(kind: str, here: Node | None, node: Mapping[str, Any], moved: list[Place]) -> bool:
    model, pk = _MODELS[kind], int(node["id"])
    values = {name: _value(name, node[name]) for name in (*_OWN[kind], *_STAMPS) if name in node}
    _require_place(kind, values)
    if here is not None:
        different = {name: value for name, value in values.items() if getattr(here, name) != value}
        if not different:
            return False
        if "name" in different or any(name in different for name in _PLACES):
            _make_way(kind, pk, here, values)
        if any(name in different for name in _PLACES):
            moved.append((kind, pk))
        model._default_manager.filter(pk=pk).update(**different)
        if kind == "folder" and "project_id" in different:
            _take_along(pk, values["project_id"])
        return True
    stamps = {name: values[name] for name in _TIMES if name in values}
    fresh = model(pk=pk, **{name: value for name, value in values.items() if name not in stamps})
    _make_way(kind, pk, fresh, values)
    fresh.save(force_insert=True)
    # Django stamps what it saves with the present.
    model._default_manager.filter(pk=pk).update(**stamps)
    return True


def _value(name: str, value: Any) -> Any:
    if name in _TIMES and isinstance(value, str):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if name == "due_date" and isinstance(value, str) else value


def _require_place(kind: str, values: Mapping[str, Any]) -> None:
    for name, model in (
        ("platform_id", Platform),
        ("project_id", Project),
        ("parent_id", Folder),
        ("folder_id", Folder),
    ):
        place = values.get(name)
        if place is not None and not any(by_ids.values_of(model, ("id",), [place])):
            raise Refused("invalid", _("The server sent a %(kind)s without its place.") % {"kind": kind})


def _make_way(kind: str, pk: int, node: Node, values: Mapping[str, Any]) -> None:
    """Another thing here may still have the name that the server gives to this one: it steps aside.

    It is renamed as the server says when its turn comes; what the server has no more keeps the new name.
    """
    place = {name: values.get(name, getattr(node, name)) for name in _PLACES if hasattr(node, name)}
    model = _MODELS[kind]
    same = model._default_manager.filter(name=values["name"], trash__isnull=True, **place).exclude(pk=pk)
    for other in same:
        suffix = f" ({other.pk})"
        model._default_manager.filter(pk=other.pk).update(name=other.name[: NAME_LENGTH - len(suffix)] + suffix)


def _length_rules(project_id: int, rules: Sequence[Mapping[str, Any]]) -> None:
    """The project's rules on lengths, as checks follow them here too; those of files that are here."""
    files = {rule["file_id"] for rule in rules if rule["file_id"] is not None}
    here = set(File.objects.filter(pk__in=files).values_list("pk", flat=True))
    wanted = [tuple(rule[name] for name in _RULE) for rule in rules if rule["file_id"] in here | {None}]
    kept = LengthRule.objects.filter(project_id=project_id).order_by("position", "pk")
    if list(kept.values_list(*_RULE)) != wanted:
        kept.delete()
        LengthRule.objects.bulk_create(
            LengthRule(project_id=project_id, **dict(zip(_RULE, values, strict=True))) for values in wanted
        )
        whole_file.check_again(project_id)


def _take_along(folder_id: int, project_id: int) -> None:
    """What lies in a folder that went to another project goes with it."""
    inside = [folder_id]
    while inside:
        File.objects.filter(folder_id__in=inside).update(project_id=project_id)
        children = Folder.objects.filter(parent_id__in=inside)
        inside = list(children.values_list("pk", flat=True))
        Folder.objects.filter(pk__in=inside).update(project_id=project_id)


def mirror_path(peer: SyncPeer, file_id: int) -> MirroredFile:
    """Mirror a file's whole path and the file, without its rows. Raises what the peer raises."""
    nodes = peer.path(file_id)
    with workspaces.atomic():
        mirror_nodes(nodes)
        return MirroredFile.objects.get_or_create(file_id=file_id)[0]


def mirror_tree(peer: SyncPeer) -> list[dict[str, Any]]:
    """Bring what is mirrored of the server's tree up to date; what the server shows of that, parents first.

    Files that are subscribed to, and the path to each, are added. Nothing else is, and nothing goes. The server is
    asked for what lies below the subscriptions, and for what else is here.
    """
    subscribed = set(Subscription.objects.values_list("kind", "entity_id"))
    places = _by_place(parts(peer, below=sorted(subscribed)))
    here = _here()
    places |= _by_place(parts(peer, only=_unnamed(here, places)))
    chosen = {place for place in places if place in here}
    wanted = [place for place in places if place[0] == "file" and _is_below(place, places, subscribed)]
    # What is here may have moved to a place that is not.
    for place in [*wanted, *chosen]:
        chosen.update(_way_up(place, places))
    with workspaces.atomic():
        mirror_nodes(node for place, node in places.items() if place in chosen)
        known = set(MirroredFile.objects.values_list("pk", flat=True))
        MirroredFile.objects.bulk_create(MirroredFile(file_id=pk) for _kind, pk in wanted if pk not in known)
    return list(places.values())


def _by_place(nodes: Iterable[dict[str, Any]]) -> dict[Place, dict[str, Any]]:
    return {(str(node["kind"]), int(node["id"])): node for node in nodes}


def _here() -> set[Place]:
    """What is here of the server's, by what it is; things that were born here are not."""
    return {
        (kind, pk)
        for kind, model in _MODELS.items()
        for pk in model._default_manager.filter(pk__gt=0).values_list("pk", flat=True)
    }


def _unnamed(here: set[Place], named: Collection[Place]) -> list[Place]:
    """What is to be asked for of what is here and was not named: files, and places of none of them.

    The places of a file come along with it.
    """
    with_files: set[Place] = set()
    above = dict(Folder.objects.filter(pk__gt=0).values_list("pk", "parent_id"))
    platforms = dict(Project.objects.filter(pk__gt=0).values_list("pk", "platform_id"))
    for project, folder in File.objects.filter(pk__gt=0).values_list("project_id", "folder_id").distinct():
        with_files |= {("project", project), ("platform", platforms.get(project) or 0)}
        at: int | None = folder
        while at is not None and ("folder", at) not in with_files:
            with_files.add(("folder", at))
            at = above.get(at)
    return sorted(here - with_files - set(named))


def parts(peer: SyncPeer, *, below: Sequence[Place] = (), only: Sequence[Place] = ()) -> list[dict[str, Any]]:
    """The nodes that the server shows of these places, and of all that lies below some, with what they lie in.

    Nothing is asked where no place is named. A server that does not know of parts gives its whole tree. Raises what the
    peer raises.
    """
    nodes: list[dict[str, Any]] = []
    asked: list[tuple[list[str], list[str]]] = [(some, []) for some in _written(below)]
    for inside, alone in [*asked, *(([], some) for some in _written(only))]:
        cursor = ""
        while True:
            page = peer.tree(cursor, below=inside, only=alone)
            nodes += page.nodes
            if not (cursor := page.next):
                break
    return nodes


def _written(places: Sequence[Place]) -> Iterator[list[str]]:
    """Places as they travel, in lists that one request may name."""
    return chunks([f"{kind}:{pk}" for kind, pk in places], MOST_PARTS)


def _parent_of(node: Mapping[str, Any]) -> Place | None:
    for name, kind in (("parent_id", "folder"), ("folder_id", "folder"), ("project_id", "project"),
                       ("platform_id", "platform")):  # fmt: skip
        if node.get(name) is not None:
            return kind, int(node[name])
    return None


def _way_up(place: Place, places: Mapping[Place, Mapping[str, Any]]) -> list[Place]:
    """A node and everything above it."""
    way: list[Place] = []
    at: Place | None = place
    while at is not None and at in places and at not in way:
        way.append(at)
        at = _parent_of(places[at])
    return way


def _is_below(place: Place, places: Mapping[Place, Mapping[str, Any]], tops: set[Place]) -> bool:
    return bool(tops) and any(above in tops for above in _way_up(place, places))


def files_below(nodes: Sequence[dict[str, Any]], top: Place) -> list[int]:
    """The files among nodes that lie below one of them, at any depth."""
    places = {(node["kind"], int(node["id"])): node for node in nodes}
    return [place[1] for place in places if place[0] == "file" and _is_below(place, places, {top})]


def level(peer: Leveled, parent: Place | None, cursor: str, limit: int) -> Nodes:
    """A page of the server's nodes directly below one (None: the topmost), by kind and id.

    A server of before this call sends whole pages of its tree: of them what does not lie there is left out.
    """
    page = peer.level(f"{parent[0]}:{parent[1]}" if parent else "root", cursor, limit)
    return Nodes([node for node in page.nodes if _parent_of(node) == parent], page.next)


def with_here(nodes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nodes with "here": whether each is on this PC; a file with its rows, not only as a name.

    And with "subscribed": whether just this node is kept up to date.
    """
    ids: dict[str, list[int]] = {kind: [] for kind in _MODELS}
    for node in nodes:
        ids[node["kind"]].append(int(node["id"]))
    here: set[Place] = set()
    kept: set[Place] = set()
    for kind, model in _MODELS.items():
        for some in chunks(ids[kind], 500):
            known = set(model._default_manager.filter(pk__in=some).values_list("pk", flat=True))
            if kind == "file":
                known &= set(MirroredFile.objects.filter(pk__in=some).values_list("pk", flat=True))
            here |= {(kind, pk) for pk in known}
            parts = Subscription.objects.filter(kind=kind, entity_id__in=some)
            kept |= set(parts.values_list("kind", "entity_id"))
    return [
        {**node, "here": place in here, "subscribed": place in kept}
        for node in nodes
        for place in [(str(node["kind"]), int(node["id"]))]
    ]
