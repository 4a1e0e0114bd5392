"""Large things born offline: a task of the server makes them: no request lasts long, and cut anywhere it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import User
from apps.ldm.models import File, Row
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.tree import offline_storage
from apps.sync.client import uploads
from apps.sync.models import CreatedThing, PlaceOfUpload
from apps.sync.protocol import Refused, Unreachable
from apps.sync.server import create
from apps.tasks.models import TaskRun
from locanext_project import workspaces
from tests import factories
from tests.e2e.editing_pages import locstr
from tests.sync.client.site import Line, edit, offline, texts
from tests.sync.peers import caller, peer_for

pytestmark = pytest.mark.django_db
Send = Callable[[], dict[str, Any]]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Everything is large; the server's worker runs while the desktop waits. The pauses that were made."""
    pauses: list[float] = []

    def work(seconds: float) -> None:
        pauses.append(seconds)
        with workspaces.use(workspaces.SERVER):
            factories.run_queued_tasks()

    monkeypatch.setattr(create, "AT_ONCE", 10)
    monkeypatch.setattr(uploads, "pause", work)
    return pauses


@pytest.fixture
def own(person: User) -> File:
    """A file that was born on the desktop."""
    with offline():
        storage = offline_storage.ensure(actor=person)
        rows = [(f"L{n}", f"여기 {n}", f"here {n}") for n in range(6)]
        (file,) = import_file(actor=person, project=storage, folder=None, filename="own.xml", data=locstr(rows))
        return file


@pytest.fixture
def send(own: File, mirrored: File, line: Line, person: User) -> Send:
    """Upload the file into the project of the server's."""

    def upload() -> dict[str, Any]:
        with offline():
            return uploads.upload(
                line, actor=User.objects.get(pk=person.pk), kind="file", local_id=own.pk,
                project_id=mirrored.project_id, folder_id=None,
            )  # fmt: skip

    return upload


def copies(mirrored: File) -> list[File]:
    return list(File.objects.filter(project_id=mirrored.project_id).exclude(pk=mirrored.pk).order_by("pk"))


def test_what_is_large_is_made_by_a_task(send: Send, small: list[float], own: File, mirrored: File) -> None:
    made = send()
    assert small and TaskRun.objects.filter(kind=create.TASK, status="succeeded").count() == 1
    (copy,) = copies(mirrored)
    assert copy.pk == made["id"] and texts(copy.pk)["L3"] == ("here 3", 1)
    with offline():
        assert texts(copy.pk) == texts(own.pk) and File.objects.get(pk=own.pk).trash_id is not None


@pytest.mark.parametrize("where", ["request", "answer"])
def test_cut_while_it_waits_it_goes_on(
    send: Send, small: list[float], line: Line, mirrored: File, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = uploads.pause

    def cut(seconds: float) -> None:
        line.lost = [("create", where)]
        work(seconds)

    monkeypatch.setattr(uploads, "pause", cut)
    with pytest.raises(Unreachable):
        send()
    monkeypatch.setattr(uploads, "pause", work)
    send()
    assert len(copies(mirrored)) == 1 and TaskRun.objects.filter(kind=create.TASK).count() == 1


def test_edited_while_it_waits_both_stay_and_the_next_one_has_it_all(
    send: Send, small: list[float], own: File, mirrored: File, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = uploads.pause

    def type_on(seconds: float) -> None:
        with offline():
            edit(User.objects.get(pk=person.pk), own.pk, "L1", "typed meanwhile")
        work(seconds)

    monkeypatch.setattr(uploads, "pause", type_on)
    with pytest.raises(Refused, match="still here"):
        send()
    monkeypatch.setattr(uploads, "pause", work)
    with offline():
        assert File.objects.get(pk=own.pk).trash_id is None
    send()
    first, second = copies(mirrored)
    assert (texts(first.pk)["L1"][0], texts(second.pk)["L1"][0]) == ("here 1", "typed meanwhile")


def test_edited_after_a_cut_both_stay_and_the_next_copy_is_of_the_newest_text(
    send: Send, own: File, line: Line, mirrored: File, person: User
) -> None:
    line.lost = [("create", "answer")]
    with pytest.raises(Unreachable):
        send()
    with offline():
        edit(User.objects.get(pk=person.pk), own.pk, "L1", "typed since")
    # The server has made its copy, of the text before: a second one is made when it is asked for, not in silence.
    with pytest.raises(Refused, match="still here"):
        send()
    assert len(copies(mirrored)) == 1
    send()
    assert texts(copies(mirrored)[-1].pk)["L1"][0] == "typed since"
    with offline():
        assert PlaceOfUpload.objects.count() == 1


def test_what_cannot_be_made_is_said_and_leaves_nothing(
    send: Send, small: list[float], own: File, mirrored: File, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with offline():
        Row.objects.filter(file_id=own.pk, key="L1").update(max_length=-5)
    with pytest.raises(Refused, match="Row 2: max_length"):
        send()
    assert not copies(mirrored) and not CreatedThing.objects.exists()
    with offline():
        Row.objects.filter(file_id=own.pk, key="L1").update(max_length=None)
    send()
    assert len(copies(mirrored)) == 1
    # The key is its person's: to somebody else there is no such thing.
    with offline():
        key = str(PlaceOfUpload.objects.get().key)
    with pytest.raises(Refused) as refusal:
        peer_for("in_process", lead).create(caller(), key, {"kind": "file", "later": True})
    assert refusal.value.reason == "gone"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_file_of_100000_rows_holds_no_request_long(mirrored: File, person: User, translator: User) -> None:
    """By HTTP, to the real program; its worker is another thread, and slower than a process."""
    peer: Any = peer_for("http", translator)
    longest: dict[str, float] = {}

    class Watch:
        def __getattr__(self, name: str) -> Any:
            def call(*args: Any, **kwargs: Any) -> Any:
                began = time.monotonic()
                try:
                    return getattr(peer, name)(*args, **kwargs)
                finally:
                    longest[name] = max(longest.get(name, 0.0), time.monotonic() - began)

            return call

    rows = [(f"L{n}", f"안개가 걷히고 등대가 보인다 {n} " + "바다 " * 20, f"the fog lifts {n}") for n in range(100_000)]
    with offline():
        storage = offline_storage.ensure(actor=person)
        (own,) = import_file(actor=person, project=storage, folder=None, filename="own.xml", data=locstr(rows))
    with factories.task_worker(), offline():
        made = uploads.upload(
            Watch(),  # type: ignore[arg-type]
            actor=User.objects.get(pk=person.pk), kind="file", local_id=own.pk, project_id=mirrored.project_id,
            folder_id=None,
        )  # fmt: skip
    assert Row.objects.filter(file_id=made["id"]).count() == 100_000
    assert longest["create"] < 3.0 and longest["put_blob"] < 8.0, longest
