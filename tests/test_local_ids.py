"""Ids say where a thing was born: below zero on desktops, above zero on servers, never used twice."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connections

from apps.accounts.models import User
from apps.ldm.models import Platform, Row
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree import offline_storage
from locanext_project import local_ids, workspaces
from locanext_project.id_guards import open_for_mirror
from tests.ldm.services.conftest import locstr


def platform(name: str, **values: Any) -> Platform:
    return Platform.objects.create(name=name, **values)


@pytest.mark.django_db
def test_a_server_counts_upwards_and_refuses_ids_of_desktops() -> None:
    with workspaces.use(workspaces.SERVER):
        assert platform("A").pk > 0
        with pytest.raises(IntegrityError), workspaces.atomic():
            platform("B", pk=-5)
        assert [one.name for one in Platform.objects.all()] == ["A"]


@pytest.mark.django_db
def test_a_desktop_counts_downwards_from_below_the_offline_storage() -> None:
    with workspaces.use(workspaces.OFFLINE):
        first, second = platform("A"), platform("B")
        assert first.pk < local_ids.STORAGE_ID
        assert second.pk == first.pk - 1


@pytest.mark.django_db
def test_an_id_is_never_used_again() -> None:
    with workspaces.use(workspaces.OFFLINE):
        gone = platform("A")
        pk = gone.pk
        gone.delete()
        assert platform("A").pk < pk


@pytest.mark.django_db
def test_bulk_created_and_bulk_loaded_things_get_ids_too() -> None:
    with workspaces.use(workspaces.OFFLINE):
        made = Platform.objects.bulk_create([Platform(name=f"P{n}") for n in range(3)])
        assert len({one.pk for one in made}) == 3
        assert all(one.pk < -1 for one in made)


@pytest.mark.django_db
def test_an_import_on_a_desktop_has_ids_of_the_desktop_throughout() -> None:
    with workspaces.use(workspaces.OFFLINE):
        person = User.objects.create_user(username="local")
        storage = offline_storage.ensure(actor=person)
        data = locstr([(f"K{n}", "등대", "Lighthouse") for n in range(7)])
        (file,) = import_file(actor=person, project=storage, folder=None, filename="own.xml", data=data)
        ids = list(Row.objects.filter(file=file).values_list("pk", flat=True))
    assert len(set(ids)) == 7
    assert max([*ids, file.pk]) < local_ids.STORAGE_ID == storage.pk


@pytest.mark.django_db
def test_ids_of_the_server_come_in_only_while_a_mirror_is_written() -> None:
    with workspaces.use(workspaces.OFFLINE):
        with pytest.raises(IntegrityError), workspaces.atomic():
            platform("Mirror", pk=5000)
        with workspaces.atomic(), open_for_mirror():
            platform("Mirror", pk=5000)
        assert platform("Born here").pk < 0
        with pytest.raises(IntegrityError), workspaces.atomic():
            platform("Again", pk=5001)


@pytest.mark.django_db
def test_a_mirror_that_fails_leaves_the_guard_closed() -> None:
    with workspaces.use(workspaces.OFFLINE):
        with pytest.raises(ZeroDivisionError), workspaces.atomic(), open_for_mirror():
            raise ZeroDivisionError
        with pytest.raises(IntegrityError), workspaces.atomic():
            platform("Mirror", pk=5000)


@pytest.mark.django_db(transaction=True)
def test_threads_never_get_the_same_id() -> None:
    got: list[int] = []

    def take() -> None:
        with workspaces.use(workspaces.OFFLINE):
            for n in range(20):
                with workspaces.atomic():
                    got.append(platform(f"{threading.get_ident()} {n}").pk)
        connections["offline"].close()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got)) == 80
