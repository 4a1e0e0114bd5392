"""What a desktop keeps: its server, how far each mirror is, what is still to send."""

from __future__ import annotations

import uuid

from django.db import models


class Link(models.Model):
    """The one server of this desktop. The refresh token is not here: the keychain of the system has it."""

    class Mode(models.TextChoices):
        AUTO = "auto", "online when the server answers"
        OFFLINE = "offline", "offline until the person says otherwise"

    server_url = models.URLField(max_length=500, default="", blank=True)
    client = models.UUIDField(default=uuid.uuid4)
    """This installation, in its edits."""
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.AUTO)
    epoch = models.UUIDField(null=True, blank=True)
    user_id = models.BigIntegerField(null=True, blank=True)
    """The person's id on the server."""
    user_name = models.CharField(max_length=150, default="", blank=True)
    clock_offset = models.FloatField(default=0)
    """Seconds that the server's clock is ahead of this one."""
    last_contact = models.DateTimeField(null=True, blank=True)
    last_sync = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=30, default="", blank=True)
    """Why nothing is sent: login, forbidden, too_old, certificate, unreachable; empty when all is well."""

    def __str__(self) -> str:
        return self.server_url


class MirroredFile(models.Model):
    """How far the mirror of a file is. Its rows and this cursor move in one transaction."""

    class State(models.TextChoices):
        PARTIAL = "partial", "being fetched"
        CURRENT = "current", "mirrored"
        MISSING = "missing", "not on the server any more"
        FORBIDDEN = "forbidden", "may not be read any more"

    file_id = models.BigIntegerField(primary_key=True)
    state = models.CharField(max_length=10, choices=State, default=State.PARTIAL)
    cursor = models.BigIntegerField(default=0)
    generation = models.IntegerField(default=0)
    epoch = models.UUIDField(null=True)
    token = models.CharField(max_length=500, default="", blank=True)
    """Where the snapshot goes on; empty when it is whole."""
    original_whole = models.BooleanField(default=False)
    subscribed = models.BooleanField(default=False)
    """Refreshed in the background, opened or not."""
    opened_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.file_id}@{self.cursor}"


class MirroredMemory(models.Model):
    """How far the mirror of a memory is."""

    memory_id = models.BigIntegerField(primary_key=True)
    cursor = models.BigIntegerField(default=0)
    epoch = models.UUIDField(null=True)
    token = models.CharField(max_length=500, default="", blank=True)
    whole = models.BooleanField(default=False)
    synced_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.memory_id}@{self.cursor}"


class MirroredRow(models.Model):
    """The server's revision of a mirrored row: the base of the next edit. The row's own `rev` is this database's."""

    row_id = models.BigIntegerField(primary_key=True)
    rev = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.row_id}@{self.rev}"


class PendingEdit(models.Model):
    """The one edit of a row that the server does not have yet; a later edit of the row replaces its text."""

    row_id = models.BigIntegerField(primary_key=True)
    file_id = models.BigIntegerField(db_index=True)
    op = models.UUIDField()
    after = models.JSONField(default=list)
    """Ids of this row's earlier edits that may have arrived without an answer."""
    base_rev = models.BigIntegerField()
    base_target = models.TextField(default="", blank=True)
    target = models.TextField(default="", blank=True)
    status = models.SmallIntegerField()
    fields = models.JSONField(default=dict)
    """Other fields of the edit: blank_intended, origin, score, note."""
    edited_at = models.FloatField()
    """By this computer's clock, seconds since 1970."""
    tries = models.IntegerField(default=0)
    error = models.CharField(max_length=500, default="", blank=True)
    quarantined = models.BooleanField(default=False)
    """The server will not have it: it waits in the inbox and holds up nothing."""

    def __str__(self) -> str:
        return f"{self.row_id} {self.op}"


class Shadow(models.Model):
    """The server's version of a row that has an edit to send: applied when the edit is answered or let go."""

    row_id = models.BigIntegerField(primary_key=True)
    payload = models.JSONField()
    rev = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.row_id}@{self.rev}"


class PlaceOfUpload(models.Model):
    """What an offline-born thing became on the server. Nothing is renumbered: the copy has the server's id."""

    kind = models.CharField(max_length=10)
    local_id = models.BigIntegerField()
    server_id = models.BigIntegerField()
    key = models.UUIDField(unique=True)
    """Made by this desktop before it was sent: sending it again makes no second copy."""
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "local_id"], name="upload_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.local_id} -> {self.server_id}"
