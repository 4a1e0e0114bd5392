"""The JSON of tasks, described and made."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from rest_framework import serializers

from apps.tasks import selectors
from apps.tasks.models import Status, TaskRun


class OwnerOutput(serializers.Serializer[None]):
    """Who started the task."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class SubjectOutput(serializers.Serializer[None]):
    """The thing on whose page the task is shown, such as file 12."""

    kind = serializers.CharField()
    id = serializers.IntegerField()
    name = serializers.CharField(required=False, help_text='In lists; "" where it is gone or not to be seen.')


class TaskFileOutput(serializers.Serializer[None]):
    """A result file; size in bytes."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    url = serializers.CharField()


class TaskOutput(serializers.Serializer[None]):
    """A task. `done` and `total` count in the present step; `result` holds "log" and "counts" while it runs."""

    id = serializers.UUIDField()
    kind = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.values)
    owner = OwnerOutput()
    step = serializers.CharField()
    done = serializers.IntegerField()
    total = serializers.IntegerField(allow_null=True)
    percent = serializers.IntegerField(allow_null=True, min_value=0, max_value=100)
    eta_seconds = serializers.IntegerField(allow_null=True)
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    cancel_requested = serializers.BooleanField()
    silent = serializers.BooleanField()
    result = serializers.DictField()
    error = serializers.CharField()
    files = TaskFileOutput(many=True)
    subject = SubjectOutput(allow_null=True)


class TaskPage(serializers.Serializer[None]):
    """A page of tasks, the newest first."""

    results = TaskOutput(many=True)
    next = serializers.CharField(allow_null=True)


def present(task: TaskRun) -> dict[str, Any]:
    """The JSON of a task, as TaskOutput describes it."""
    return {
        "id": str(task.pk),
        "kind": task.kind,
        "title": gettext(task.title) if task.title else "",
        "status": task.status,
        "owner": {"id": task.owner_id, "name": task.owner_name},
        "step": task.step,
        "done": task.done,
        "total": task.total,
        "percent": selectors.percent(task),
        "eta_seconds": selectors.eta_seconds(task),
        "created_at": task.created_at,
        "started_at": task.started_at,
        "finished_at": task.finished_at,
        "cancel_requested": task.cancel_requested_at is not None,
        "silent": task.silent,
        "result": task.result,
        "error": task.error,
        "files": [
            {
                "id": str(file.pk),
                "name": file.name,
                "size": file.size,
                "url": reverse("task-file", args=[task.pk, file.pk]),
            }
            for file in selectors.complete_files(task)
        ],
        "subject": {"kind": task.subject_kind, "id": task.subject_id} if task.subject_kind else None,
    }
