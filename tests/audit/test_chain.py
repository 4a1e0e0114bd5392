"""The audit log: append-only, hash-chained, verifiable after retention."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.utils import timezone

from apps.accounts.models import User
from apps.audit import registry, services
from apps.audit.models import AppendOnly, AuditEntry, AuditHead
from apps.audit.selectors import entries_query, recent, verify_chain
from apps.audit.services import context, prune, record
from locanext_project import workspaces

pytestmark = pytest.mark.django_db

NASTY = {
    "float": 0.1,
    "large": 1e22,
    "integer": 10**30,
    "nested": [{"b": None, "a": True}, (1, 2)],
    "text": "한국어 \x00 \ud800 \u2028 \U0001f600",
    "date": timezone.now(),
}


def fill(count: int) -> list[AuditEntry]:
    return [record("signed_out", detail={"number": number}) for number in range(count)]


def tamper(entry: AuditEntry, **columns: Any) -> None:
    """Change a row the way somebody with the database would."""
    changes = ", ".join(f"{column} = %s" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE audit_auditentry SET {changes} WHERE id = %s", [*columns.values(), entry.pk])
        assert cursor.rowcount == 1


def test_an_entry_says_who_did_what_to_what_from_where(lead: User, translator: User) -> None:
    with context(ip="192.0.2.1", request_id="abc"):
        entry = record(
            "user_changed", actor=lead, target_kind="user", target_id=translator.pk, target_name="T", detail={"a": 1}
        )
    stored = AuditEntry.objects.get(pk=entry.pk)
    assert (stored.actor_id, stored.actor_name) == (lead.pk, "Lea Lead")
    assert (stored.ip, stored.request_id) == ("192.0.2.1", "abc")
    assert (stored.target_kind, stored.target_id, stored.target_name) == ("user", str(translator.pk), "T")
    assert stored.detail == {"a": 1}
    outside = record("signed_out")
    assert (outside.ip, outside.request_id, outside.actor_id) == ("", "", None)


def test_an_unknown_action_is_refused() -> None:
    with pytest.raises(registry.UnknownAction):
        record("never_registered")
    assert not AuditEntry.objects.exists()


def test_the_registry_refuses_a_second_meaning() -> None:
    registry.register({"signed_out": registry.sentence("signed_out")})
    with pytest.raises(ValueError, match="registered twice"):
        registry.register({"signed_out": "Something else"})
    assert "signed_out" in registry.actions()
    assert registry.describe("signed_out", {"actor": "Lea"}) == "Lea logged out"
    assert registry.describe("sessions_ended", {"actor": "Lea"}) == "Lea ended … other logins"
    assert registry.describe("long_gone", {}) == "long_gone"


def test_every_action_of_accounts_is_registered() -> None:
    folder = Path(__file__).resolve().parents[2] / "apps" / "accounts"
    sources = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    told = set(re.findall(r'tell\(\s*"(\w+)"', sources)) | {"sign_in_failed", "sign_in_throttled"}
    assert len(told) > 10
    assert told <= set(registry.actions())


def test_entries_of_a_rolled_back_change_are_not_there() -> None:
    fill(1)
    with pytest.raises(RuntimeError), workspaces.atomic():
        fill(2)
        raise RuntimeError
    fill(1)
    assert AuditEntry.objects.count() == 2
    assert verify_chain().is_intact


def test_whatever_is_recorded_verifies_after_storage() -> None:
    record("signed_out", detail=NASTY, ip="::1", target_name="x" * 1000)
    fill(3)
    report = verify_chain()
    assert (report.checked, report.broken_id) == (4, None)


def test_an_empty_log_is_intact() -> None:
    assert verify_chain().is_intact


@pytest.mark.parametrize(
    "columns",
    [
        {"action": "signed_in"},
        {"actor_name": "somebody else"},
        {"actor_id": 7},
        {"ip": "192.0.2.2"},
        {"detail": '{"number": 99}'},
        {"at": "2020-01-01 00:00:00+00:00"},
        {"target_id": "5"},
        {"request_id": "x"},
        {"hash": "0" * 64},
        {"previous_hash": "0" * 64},
    ],
)
def test_a_changed_row_is_found(columns: dict[str, Any]) -> None:
    entries = fill(5)
    tamper(entries[2], **columns)
    report = verify_chain()
    assert report.broken_id == entries[2].pk
    assert report.checked == 2


def test_a_changed_row_with_a_new_hash_is_found_at_the_next() -> None:
    entries = fill(5)
    entry = AuditEntry.objects.get(pk=entries[2].pk)
    entry.actor_name = "somebody else"
    tamper(entry, actor_name=entry.actor_name, hash=entry.seal())
    assert verify_chain().broken_id == entries[3].pk


@pytest.mark.parametrize("position", [0, 2, 4])
def test_a_removed_row_is_found(position: int) -> None:
    entries = fill(5)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditentry WHERE id = %s", [entries[position].pk])
    report = verify_chain()
    assert not report.is_intact
    assert report.checked == position


def test_the_command_names_the_first_broken_entry() -> None:
    entries = fill(3)
    out = StringIO()
    call_command("audit_verify", stdout=out)
    assert "3 entries, the chain is intact." in out.getvalue()
    tamper(entries[1], ip="x")
    with pytest.raises(CommandError, match=rf"Entry {entries[1].pk}: its content was changed") as failed:
        call_command("audit_verify")
    assert failed.value.returncode == 1


def test_nothing_can_be_changed_or_removed(translator: User) -> None:
    entry = fill(2)[0]
    entry.action = "signed_in"
    stored = AuditEntry.objects.get(pk=entry.pk)
    attempts = [
        entry.save,
        stored.save,
        lambda: stored.save(update_fields=["action"]),
        lambda: stored.save(force_update=True),
        stored.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(action="signed_in"),
        lambda: AuditEntry.objects.filter(pk=entry.pk).update(action="signed_in"),
        lambda: AuditEntry.objects.bulk_update([stored], ["action"]),
        lambda: AuditEntry.objects.bulk_create([AuditEntry(action="signed_in")]),
        lambda: AuditEntry.objects.update_or_create(pk=entry.pk, defaults={"action": "signed_in"}),
    ]
    for attempt in attempts:
        with pytest.raises(AppendOnly):
            attempt()
    assert verify_chain().checked == 2


def test_a_made_up_primary_key_does_not_overwrite() -> None:
    from django.db import IntegrityError

    entry = fill(1)[0]
    with pytest.raises(IntegrityError), workspaces.atomic():
        AuditEntry(pk=entry.pk, action="signed_in", hash="x").save()
    assert verify_chain().is_intact


def aged(monkeypatch: pytest.MonkeyPatch, days: float) -> None:
    """Let the entries that follow be `days` old."""
    at = timezone.now() - timedelta(days=days)

    class Clock:
        @staticmethod
        def now() -> Any:
            return at

    monkeypatch.setattr(services, "timezone", Clock)


def test_prune_removes_a_year_and_the_rest_verifies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "PRUNE_BATCH", 3)
    aged(monkeypatch, 366)
    old = fill(7)
    aged(monkeypatch, 364)
    young = fill(4)
    monkeypatch.undo()
    out = StringIO()
    call_command("audit_prune", stdout=out)
    assert "7 entries removed." in out.getvalue()
    left = list(AuditEntry.objects.order_by("id"))
    assert [entry.pk for entry in left[:-1]] == [entry.pk for entry in young]
    assert (left[-1].action, left[-1].detail["removed"]) == ("audit_pruned", 7)
    assert AuditHead.objects.get().anchor_hash == old[-1].hash
    assert verify_chain().checked == 5
    assert prune() == 0
    assert AuditEntry.objects.count() == 5


def test_prune_does_not_hide_tampering(monkeypatch: pytest.MonkeyPatch) -> None:
    aged(monkeypatch, 400)
    fill(3)
    monkeypatch.undo()
    young = fill(3)
    prune()
    tamper(young[0], ip="x")
    assert verify_chain().broken_id == young[0].pk


def test_everything_may_be_pruned(monkeypatch: pytest.MonkeyPatch) -> None:
    aged(monkeypatch, 400)
    fill(3)
    monkeypatch.undo()
    assert prune() == 3
    fill(1)
    assert verify_chain().checked == 2


def test_the_lists(lead: User, translator: User) -> None:
    record("signed_in", actor=lead, ip="192.0.2.1")
    record("signed_out", actor=translator, target_kind="user", target_id=-5, target_name="Elsewhere")
    assert [entry.action for entry in recent(1)] == ["signed_out"]
    assert entries_query(action="signed_in").count() == 1
    assert entries_query(actor_id=lead.pk).get().action == "signed_in"
    assert entries_query(target_kind="user", target_id=-5).get().action == "signed_out"
    assert entries_query(search="elsewhere").get().action == "signed_out"
    assert entries_query(search="192.0.2.1").count() == 1
    assert entries_query(search="192.0.2.\x00").count() == 0


def test_a_request_brings_its_address_and_number(translator: User, client: Any) -> None:
    client.force_login(translator)
    response = client.post("/logout", REMOTE_ADDR="192.0.2.9")
    entry = AuditEntry.objects.get(action="signed_out")
    assert (entry.ip, entry.request_id) == ("192.0.2.9", response.headers["X-Request-ID"])


@pytest.mark.django_db(transaction=True, databases=["default", "offline"])
def test_parallel_writers_make_one_chain() -> None:
    """The row of the head does not exist yet: the first writers also race for making it."""
    barrier = threading.Barrier(4)
    failed: list[BaseException] = []

    def run() -> None:
        try:
            with workspaces.use(workspaces.SERVER):
                barrier.wait(10)
                fill(5)
        except BaseException as error:  # noqa: BLE001 (shown by the assertion)
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not failed
    assert verify_chain().checked == 20
    assert AuditHead.objects.count() == 1


def test_each_workspace_has_its_own_chain() -> None:
    fill(2)
    with workspaces.use(workspaces.OFFLINE):
        fill(3)
        assert verify_chain().checked == 3
    assert verify_chain().checked == 2
