"""What a desktop keeps: its server, how far each mirror is, what is still to send."""

from __future__ import annotations

import uuid

from django.db import models

UNKNOWN = -1
"""The base of an edit of which the server's revision is not known: it has seen nothing that the server has."""


class Link(models.Model):
    """The one server of this desktop. The refresh token is not here: the keychain of the system has it."""

    class Mode(models.TextChoices):
        AUTO = "auto", "online when the server answers"
        OFFLINE = "offline", "offline until the person says otherwise"

    server_url = models.URLField(max_length=500, default="", blank=True)
    moved = models.BooleanField(default=False)
    """The address is another than the one that answered last: it may be the same server, or not."""
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
    queued = models.IntegerField(default=0)
    """How many edits waited when the queue last shrank, or grew."""
    queued_since = models.DateTimeField(null=True, blank=True)
    """Since when the queue has not shrunk although the server answers; empty while it is empty."""

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
    original_cursor = models.BigIntegerField(default=-1)
    """Where the mirror was when the original was last compared with the server's."""
    subscribed = models.BooleanField(default=False)
    """Refreshed in the background, opened or not."""
    opened_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.file_id}@{self.cursor}"


class Subscription(models.Model):
    """A part of the server's tree of which every file is mirrored and kept up to date."""

    kind = models.CharField(max_length=10)
    """platform, project or folder; a single file has its mark in MirroredFile."""
    entity_id = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "entity_id"], name="subscription_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.entity_id}"


class MirroredOriginal(models.Model):
    """Which original here is which of the server's: its other languages share it here as they do there."""

    server_id = models.BigIntegerField(primary_key=True)
    original_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.server_id} is {self.original_id}"


class MirroredMemory(models.Model):
    """How far the mirror of a memory is."""

    memory_id = models.BigIntegerField(primary_key=True)
    cursor = models.BigIntegerField(default=0)
    epoch = models.UUIDField(null=True)
    token = models.CharField(max_length=500, default="", blank=True)
    whole = models.BooleanField(default=False)
    began_revision = models.BigIntegerField(default=0)
    """The revision of this mirror when its snapshot began: entries that are no newer at its end are gone there."""
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
    """The server's revision that was seen, or UNKNOWN."""
    base_target = models.TextField(default="", blank=True)
    base_status = models.SmallIntegerField(default=0)
    base = models.JSONField(default=dict)
    """Whose that text was, when, and its other fields: what comes back when the edit is let go."""
    target = models.TextField(default="", blank=True)
    status = models.SmallIntegerField()
    fields = models.JSONField(default=dict)
    """Other fields of the edit: blank_intended, origin, score, note, flag_only."""
    edited_at = models.FloatField()
    """By this computer's clock, seconds since 1970."""
    tries = models.IntegerField(default=0)
    """How often this edit was sent; counted before it leaves, so 0 means that the server cannot have it."""
    refusals = models.IntegerField(default=0)
    """How often the server failed at what it was sent with."""
    reason = models.CharField(max_length=20, default="", blank=True)
    """Why it waits apart, for programs: gone, forbidden, invalid."""
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
    server_id = models.BigIntegerField(null=True, blank=True)
    """Empty until the server has answered."""
    key = models.UUIDField(unique=True)
    """Made by this desktop before it was sent: sending it again makes no second copy."""
    revision = models.BigIntegerField(null=True, blank=True)
    """The revision of the local thing when the key was made: what was edited since is not in the copy."""
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "local_id"], name="upload_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.local_id} -> {self.server_id}"
