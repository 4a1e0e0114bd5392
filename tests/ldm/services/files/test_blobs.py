"""Stored bytes: made once, kept while anything refers to them, gone afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.ldm.models import ChangeSet, File, ImportPlan, Original, Project, StoredBlob, Upload
from apps.ldm.services import blobs
from apps.ldm.services.files import uploads
from apps.ldm.services.files.export_file import build
from apps.ldm.services.files.import_file import import_file
from apps.ldm.services.reimport import plan as plans
from apps.ldm.services.reimport.apply import apply_plan
from apps.ldm.services.reimport.plan import make_plan
from apps.ldm.services.rows.revert import revert_change_set
from locanext_project import workspaces
from tests import factories
from tests.ldm.services.conftest import ROWS, locstr
from tests.ldm.services.rows.threads import run_all

pytestmark = pytest.mark.django_db


def all_old() -> None:
    """A day later."""
    past = timezone.now() - timedelta(days=2)
    Upload.objects.update(created_at=past)
    ImportPlan.objects.update(created_at=past)


def test_bytes_come_back_and_are_stored_once() -> None:
    data = bytes(range(256)) * 20_000
    first = blobs.store(data)
    assert blobs.store(data) == first
    assert blobs.load(first) == data
    assert first.chunks.count() >= 1
    assert b"".join(blobs.chunks(blobs.store(b""))) == b""


def test_what_a_revert_needs_outlives_its_dry_run(file: File, lead: User) -> None:
    """The first newer version is the original that reverting the second brings back."""
    sets = []
    versions = [locstr([("S1", "새 부탁", "One"), *ROWS[1:]]), locstr([("S1", "더 새 부탁", "Two"), *ROWS[1:]])]
    for data in versions:
        plan = make_plan(actor=lead, file=File.objects.get(pk=file.pk), filename="quest.xml", data=data)
        sets.append(apply_plan(actor=lead, plan=plan))
    all_old()
    plans.discard_old()
    uploads.discard_old()
    assert not ImportPlan.objects.exists()
    revert_change_set(actor=lead, change_set_id=sets[1].pk)
    assert build(actor=lead, file=File.objects.get(pk=file.pk)).data == versions[0]
    revert_change_set(actor=lead, change_set_id=sets[0].pk)
    assert build(actor=lead, file=File.objects.get(pk=file.pk)).data == locstr(ROWS)


def test_an_abandoned_dry_run_leaves_nothing(file: File, lead: User) -> None:
    before = set(StoredBlob.objects.values_list("pk", flat=True))
    make_plan(actor=lead, file=file, filename="quest.xml", data=locstr([("X", "다른 것", "")]))
    all_old()
    plans.discard_old()
    assert Original.objects.count() == 1
    assert set(StoredBlob.objects.values_list("pk", flat=True)) == before


def test_forgetting_spares_what_anything_refers_to(lead: User, project: Project) -> None:
    source, target = b"a=\xea\xb0\x80\n", b"a=b\n"
    import_file(
        actor=lead,
        project=project,
        folder=None,
        filename="en.properties",
        data=target,
        source=("ko.properties", source),
    )
    upload = uploads.store_upload(actor=lead, filename="x.bin", data=b"upload")
    order = ChangeSet.objects.get()
    ChangeSet.objects.filter(pk=order.pk).update(order_before=blobs.store(b"order"))
    loose = blobs.store(b"loose")
    everything = list(StoredBlob.objects.values_list("pk", flat=True))
    assert len(everything) == 5
    assert blobs.forget(everything) == 1
    assert not StoredBlob.objects.filter(pk=loose.pk).exists()
    all_old()
    assert uploads.discard_old() == 1
    assert not StoredBlob.objects.filter(pk=upload.blob_id).exists()
    assert {blobs.load(blob) for blob in StoredBlob.objects.all()} == {source, target, b"order"}


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_sent_at_once_are_one_blob(transactional_db: None) -> None:
    lead = factories.user(username="lead", role="lead")
    data = b"the same" * 1000
    start = threading.Barrier(6)

    def send() -> None:
        start.wait(30)
        with workspaces.atomic():
            upload = uploads.store_upload(actor=lead, filename="a.xml", data=data)
            # The transaction is still good: an IntegrityError in it would have ended it.
            assert Upload.objects.filter(pk=upload.pk).exists()

    assert run_all([send] * 6) == []
    assert StoredBlob.objects.count() == 1
    assert blobs.load(StoredBlob.objects.get()) == data
    assert Upload.objects.count() == 6


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_bytes_are_not_removed_from_under_a_new_reference(transactional_db: None) -> None:
    lead = factories.user(username="lead", role="lead")
    data = b"in and out"

    def send() -> None:
        for _ in range(25):
            uploads.store_upload(actor=lead, filename="a.xml", data=data)

    def sweep() -> None:
        for _ in range(40):
            Upload.objects.update(created_at=timezone.now() - timedelta(days=2))
            uploads.discard_old()

    def forget() -> None:
        for _ in range(60):
            blobs.forget(StoredBlob.objects.values_list("pk", flat=True))

    works: list[Callable[[], object]] = [send, send, send, sweep, forget]
    assert run_all(works) == []
    for upload in Upload.objects.select_related("blob"):
        assert blobs.load(upload.blob) == data
