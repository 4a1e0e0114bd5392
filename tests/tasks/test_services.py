"""Enqueueing, running, cancelling, failing and removing, on the real database of each workspace."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import pytest
from django.db import connections
from django.utils import translation
from django_tasks_db.models import DBTaskResult

from apps.tasks import execution, registry, services
from apps.tasks.models import Status, TaskFile, TaskRun
from locanext_project import workspaces
from locanext_project.errors import Conflict, Forbidden
from tests.factories import run_queued_tasks


def enqueue(person, kind="tests.add", **args):
    return services.enqueue(actor=person, kind=kind, args=args or {"a": 1, "b": 2})


def finished(run):
    run_queued_tasks()
    run.refresh_from_db()
    return run


def test_a_queued_task_runs_in_its_workspace_only(person, workspace):
    run = services.enqueue(
        actor=person, kind="tests.add", args={"a": 1, "b": 2}, subject_kind="file", subject_id=-4, silent=True
    )
    other = "offline" if workspaces.alias() == "default" else "default"
    assert TaskRun.objects.using(workspaces.alias()).count() == 1
    assert TaskRun.objects.using(other).count() == 0
    assert DBTaskResult.objects.using(workspaces.alias()).count() == 1
    assert DBTaskResult.objects.using(other).count() == 0
    assert (run.status, run.workspace, run.title, run.owner_name) == ("queued", workspace, "Add", "Per Son")
    assert (run.subject_kind, run.subject_id, run.silent) == ("file", -4, True)

    assert finished(run).status == Status.SUCCEEDED
    assert run.result["sum"] == 3
    assert run.result["counts"] == {"terms": 2}
    assert run.result["log"][0].endswith(" Per Son adds 1 and 2")
    assert (run.done, run.total, run.step, run.error) == (1, 2, "adding", "")
    assert run.created_at <= run.started_at <= run.finished_at


def test_a_change_rolled_back_starts_nothing(person):
    with pytest.raises(RuntimeError), workspaces.atomic():
        enqueue(person)
        raise RuntimeError
    assert not TaskRun.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_run_now_takes_the_run_out_of_the_queue(person):
    run = enqueue(person, a=2, b=3)
    heard = []
    done = services.run_now(run.pk, on_progress=lambda *step: heard.append(step))
    assert done.result["sum"] == 5
    assert heard == [(1, 2, "adding")]
    assert run_queued_tasks() == 0
    with pytest.raises(Conflict):
        services.run_now(run.pk)


def test_run_here_needs_no_queue(person):
    done = services.run_here(actor=person, kind="tests.add", args={"a": 2, "b": 2}, title="Two and two")
    assert (done.status, done.title, done.result["sum"]) == ("succeeded", "Two and two", 4)
    assert not DBTaskResult.objects.exists()


def test_an_owner_without_an_account_is_still_somebody(workspace):
    run = enqueue(SimpleNamespace(pk=-77, name="Gone"))
    assert finished(run).result["log"][0].endswith(" Gone adds 1 and 2")


@pytest.mark.parametrize(
    ("how", "sentence", "detail"),
    [
        ("service", "Column H is not in sheet Boss.", ""),
        ("format", "Boss!H12: This cell holds a formula.", ""),
        ("crash", "Something went wrong inside the program.", "secret inner workings"),
        ("not json", "Something went wrong inside the program.", "not JSON serializable"),
    ],
)
def test_a_failure_has_a_sentence_for_people(person, how, sentence, detail, caplog):
    run = finished(enqueue(person, "tests.fail", how=how))
    assert run.status == Status.FAILED
    assert run.error.startswith(sentence)
    assert detail in run.error_detail and bool(detail) == bool(run.error_detail)
    assert "secret" not in run.error
    assert run.result["log"][0].endswith("about to fail")
    assert not TaskFile.objects.exists(), "files of a failed run are removed"
    assert ("Task tests.fail" in caplog.text) == bool(detail), "only what is our fault is logged as an error"


def test_a_process_that_exits_fails_its_task(person):
    run = finished(enqueue(person, "tests.fail", how="exit"))
    assert run.status == Status.FAILED
    assert "worker was stopped" in run.error


def test_an_unknown_kind_is_refused_early_and_late(person):
    with pytest.raises(registry.UnknownTask):
        enqueue(person, "tests.unheard_of")
    run = enqueue(person)
    TaskRun.objects.update(kind="tests.of_a_newer_version")
    assert "older version" in finished(run).error
    assert "tests.of_a_newer_version" in run.error_detail


def test_two_functions_cannot_share_a_kind():
    with pytest.raises(ValueError, match="already registered"):
        registry.task("tests.add", "Another")(lambda context: {})


def test_arguments_must_be_json(person):
    with pytest.raises(TypeError):
        enqueue(person, a=object(), b=1)
    assert not TaskRun.objects.exists()


def test_cancelling_while_waiting_is_immediate(person):
    run = enqueue(person)
    assert services.cancel(actor=person, task=run).status == Status.CANCELLED
    assert run_queued_tasks() == 0
    assert execution.execute(run.pk, run.workspace) == Status.CANCELLED, "a late claim leaves it alone"
    run.refresh_from_db()
    assert run.started_at is None and run.finished_at is not None
    with pytest.raises(Conflict):
        services.cancel(actor=person, task=run)


def test_cancelling_while_running_rolls_its_transaction_back(person):
    run = enqueue(person, "tests.cancel_itself", username="person")
    # The request itself is in the task's transaction here and rolls back with it: the outcome must stand anyway.
    assert finished(run).status == Status.CANCELLED
    person.refresh_from_db()
    assert person.display_name == "Per Son"
    assert run.error == "" and run.finished_at is not None
    assert not TaskFile.objects.exists()


def test_only_the_owner_and_leads_cancel(person, workspace):
    run = enqueue(person)
    with pytest.raises(Forbidden):
        services.cancel(actor=SimpleNamespace(pk=person.pk + 1, name="x", is_lead=False), task=run)
    lead = SimpleNamespace(pk=person.pk + 1, name="x", is_lead=True)
    assert services.cancel(actor=lead, task=run).status == Status.CANCELLED


def test_removing_is_for_finished_tasks_of_ones_own(person):
    run = enqueue(person, "tests.file", size=10)
    with pytest.raises(Conflict):
        services.remove(actor=person, task=run)
    finished(run)
    with pytest.raises(Forbidden):
        services.remove(actor=SimpleNamespace(pk=person.pk + 1, name="x", is_lead=True), task=run)
    services.remove(actor=person, task=run)
    assert not TaskRun.objects.exists() and not TaskFile.objects.exists()


def test_a_task_speaks_the_language_of_who_started_it(person):
    with translation.override("ko"):
        run = enqueue(person)
    assert run.language == "ko"
    spoken = []
    services.run_now(run.pk, on_progress=lambda *_: spoken.append(translation.get_language()))
    assert spoken == ["ko"]


def test_text_no_database_can_hold_is_cleaned(person):
    run = services.enqueue(actor=person, kind="tests.add", args={"a": "a\x00", "b": "\ud800"}, title="T\x00itle")
    assert run.title == "Title"
    assert finished(run).result["sum"] == "a?"


def test_a_run_that_does_not_exist_is_no_work(workspace):
    assert execution.execute(uuid.uuid4(), workspace) == ""
    assert connections[workspaces.alias()].is_usable()
