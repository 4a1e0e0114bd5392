"""Task runs, and the files they produce."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

CHUNK_BYTES = 1024 * 1024


class Status(models.TextChoices):
    """Where a run stands. The last three are final."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


ACTIVE = (Status.QUEUED, Status.RUNNING)
FINISHED = (Status.SUCCEEDED, Status.FAILED, Status.CANCELLED)


class TaskRun(models.Model):
    """One piece of long work: what was asked, how far it is, what came of it.

    `result` holds what the task returned, and under "log" and "counts" what it noted on its way.
    The owner is kept by id and name, so that a run outlives nobody's account. `queue_id` is the
    row in django-tasks' queue that will start it (null: it was started by hand).
    """

    Status = Status

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    owner_id = models.BigIntegerField()
    owner_name = models.CharField(max_length=150, blank=True, default="")
    workspace = models.CharField(max_length=10)
    language = models.CharField(max_length=35, blank=True, default="")
    args = models.JSONField(default=dict, blank=True)
    step = models.CharField(max_length=300, blank=True, default="")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True, blank=True)
    # Since when, and from which `done`, the present step is measured: the rate behind the time left.
    measured_at = models.DateTimeField(null=True, blank=True)
    measured_from = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    cancel_requested_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict, blank=True)
    error = models.TextField(blank=True, default="")
    error_detail = models.TextField(blank=True, default="")
    silent = models.BooleanField(default=False)
    subject_kind = models.CharField(max_length=40, blank=True, default="")
    subject_id = models.BigIntegerField(null=True, blank=True)
    # host:process:random of the process that runs it.
    worker = models.CharField(max_length=120, blank=True, default="")
    queue_id = models.UUIDField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["owner_id", "-created_at", "-id"], name="tasks_run_owner"),
            models.Index(fields=["-created_at", "-id"], name="tasks_run_created"),
            models.Index(fields=["status", "heartbeat_at"], name="tasks_run_status"),
            models.Index(fields=["subject_kind", "subject_id"], name="tasks_run_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.status})"

    @property
    def is_finished(self) -> bool:
        return self.status in FINISHED


class TaskFile(models.Model):
    """A file a run produced. It lies in the database, so that every node can hand it out."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    task = models.ForeignKey(TaskRun, on_delete=models.CASCADE, related_name="files")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100, default="application/octet-stream")
    size = models.BigIntegerField(default=0)
    # False until the last chunk is written.
    complete = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("result file")
        verbose_name_plural = _("result files")
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return self.name


class TaskFileChunk(models.Model):
    """A piece of a result file, CHUNK_BYTES long except for the last; `number` counts from 0."""

    file = models.ForeignKey(TaskFile, on_delete=models.CASCADE, related_name="chunks")
    number = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="tasks_chunk_number")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"
