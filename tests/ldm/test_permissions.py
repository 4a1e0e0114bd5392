"""Who sees what, and who may do what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from apps.ldm import permissions
from apps.ldm.models import Capability, File, Grant
from locanext_project import workspaces
from locanext_project.errors import Forbidden, NotFound
from tests.ldm.services.tree import builders as make

pytestmark = pytest.mark.django_db


def names(found: Any) -> set[str]:
    return set(found.values_list("name", flat=True))


@pytest.fixture
def world(admin_user: Any) -> dict[str, Any]:
    """An open and a closed platform, each with an open and a closed project; one project on none."""
    open_, closed = make.platform(admin_user, "Open"), make.platform(admin_user, "Closed", restricted=True)
    return {
        "Open": open_,
        "Closed": closed,
        "oo": make.project(admin_user, "oo", open_),
        "oc": make.project(admin_user, "oc", open_, restricted=True),
        "co": make.project(admin_user, "co", closed),
        "cc": make.project(admin_user, "cc", closed, restricted=True),
        "free": make.project(admin_user, "free"),
    }


def test_public_by_default_and_leads_are_no_exception(world: Any, admin_user: Any, lead: Any, translator: Any) -> None:
    assert names(permissions.visible_projects(admin_user)) == {"oo", "oc", "co", "cc", "free"}
    for person in (lead, translator):
        assert names(permissions.visible_projects(person)) == {"oo", "free"}
        assert names(permissions.visible_platforms(person)) == {"Open"}


def test_a_grant_on_the_platform_opens_what_is_not_closed_itself(world: Any, translator: Any) -> None:
    Grant.objects.create(user=translator, platform=world["Closed"])
    assert names(permissions.visible_projects(translator)) == {"oo", "free", "co"}
    assert names(permissions.visible_platforms(translator)) == {"Open", "Closed"}
    assert permissions.rights_of(translator).opens(world["Closed"])


def test_a_grant_on_the_project_shows_the_path_only(world: Any, translator: Any) -> None:
    Grant.objects.create(user=translator, project=world["cc"])
    assert names(permissions.visible_projects(translator)) == {"oo", "free", "cc"}
    assert names(permissions.visible_platforms(translator)) == {"Open", "Closed"}
    rights = permissions.rights_of(translator)
    assert not rights.opens(world["Closed"])
    assert not any(rights.may(world["Closed"]).values())


def test_the_creator_sees_it(lead: Any, translator: Any, admin_user: Any) -> None:
    platform = make.platform(lead, restricted=True)
    project = make.project(admin_user, "x", platform)
    assert permissions.get_project(lead, project.pk).pk == project.pk
    with pytest.raises(NotFound):
        permissions.get_platform(translator, platform.pk)
    own = make.project(lead, "own", restricted=True)
    assert permissions.get_project(lead, own.pk).pk == own.pk


def test_nobody_sees_nothing(world: Any) -> None:
    nobody = AnonymousUser()
    assert not permissions.visible_projects(nobody).exists()
    assert not permissions.visible_platforms(nobody).exists()
    with pytest.raises(NotFound):
        permissions.get_project(nobody, world["oo"].pk)
    assert not any(permissions.may(nobody, world["oo"]).values())


def test_what_is_inside_inherits(world: Any, admin_user: Any, translator: Any) -> None:
    folder = make.folder(admin_user, world["co"])
    file = make.file(admin_user, folder)
    for get, pk in ((permissions.get_folder, folder.pk), (permissions.get_file, file.pk)):
        with pytest.raises(NotFound):
            get(translator, pk)
    Grant.objects.create(user=translator, project=world["co"])
    assert permissions.get_folder(translator, folder.pk).pk == folder.pk
    assert permissions.get_file(translator, file.pk).project.platform.name == "Closed"
    assert File.objects.filter(permissions.project_q(translator, "project__")).count() == 1


@pytest.mark.parametrize("pk", [0, -1, 2**63, -(2**63) - 1, 10**18])
def test_ids_that_are_nobodys(translator: Any, pk: int) -> None:
    for kind in ("platform", "project", "folder", "file", "row"):
        with pytest.raises(NotFound):
            permissions.get_node(translator, kind, pk)


def test_an_id_below_zero_is_offline_only(translator: Any) -> None:
    from apps.ldm.models import Project
    from tests import factories

    with workspaces.use(workspaces.OFFLINE):
        Project.objects.create(pk=-5, name="Offline Storage")
        local = factories.user(username="local", role="translator")
        assert permissions.get_project(local, -5).name == "Offline Storage"
    with pytest.raises(NotFound):
        permissions.get_project(translator, -5)


def test_roles(world: Any, translator: Any, reviewer: Any, lead: Any, admin_user: Any) -> None:
    file = make.file(admin_user, world["oo"])
    folder = make.folder(admin_user, world["oo"])

    def allowed(person: Any, node: Any) -> set[str]:
        return {what for what, yes in permissions.may(person, node).items() if yes}

    shared = {"rename", "delete", "move", "copy", "download", "import", "restore"}
    assert allowed(translator, folder) == shared | {"create_folder"}
    assert allowed(translator, file) == shared | {"edit", "edit_rows"}
    assert allowed(reviewer, file) == shared | {"edit", "edit_rows", "review"}
    assert allowed(lead, file) == set(permissions.RULES["file"])
    assert allowed(translator, world["oo"]) == {"create_folder", "import", "download"}
    assert allowed(lead, world["oo"]) == set(permissions.RULES["project"]) - {"delete"}
    assert allowed(admin_user, world["oo"]) == set(permissions.RULES["project"])
    assert allowed(translator, world["Open"]) == set()
    assert allowed(lead, world["Open"]) == {"rename", "manage_access", "create_project", "restore"}
    assert allowed(admin_user, world["Open"]) == set(permissions.RULES["platform"]) - {"move"}
    with pytest.raises(Forbidden):
        permissions.require(translator, "assign", file)


def test_capabilities_expire(translator: Any, admin_user: Any, world: Any) -> None:
    with pytest.raises(Forbidden):
        permissions.require_capability(translator, "empty_trash")
    held = Capability.objects.create(user=translator, name="empty_trash")
    permissions.require_capability(translator, "empty_trash")
    held.expires_at = timezone.now() - timedelta(seconds=1)
    held.save()
    with pytest.raises(Forbidden):
        permissions.require_capability(translator, "empty_trash")
    permissions.require_capability(admin_user, "empty_trash")


def test_asking_for_many_costs_nothing_more(world: Any, translator: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        rights = permissions.rights_of(translator)
        for node in world.values():
            rights.may(node)
