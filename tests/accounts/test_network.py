"""The client's address behind proxies, forged headers, and the list of allowed networks."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from apps.accounts.checks import network_settings
from apps.accounts.models import User
from apps.accounts.network import client_ip, is_allowed, meta_of_scope
from apps.audit.models import AuditEntry
from tests.accounts.logins import V1, code_of

PROXIES = ["10.0.0.2", "10.0.1.0/24", "fd00::/8"]


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        # A direct client may write what it wants.
        ("203.0.113.9", "192.168.11.5", "203.0.113.9"),
        ("203.0.113.9", "127.0.0.1", "203.0.113.9"),
        # Behind a proxy only what the proxy added counts.
        ("10.0.0.2", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.2", "192.168.11.5, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.2", "127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.2", "garbage, 203.0.113.9", "203.0.113.9"),
        # Through two proxies.
        ("10.0.0.2", "192.168.11.5, 203.0.113.9, 10.0.1.7", "203.0.113.9"),
        ("10.0.0.2", "10.0.1.9, 10.0.1.7", "10.0.1.9"),
        # A neighbour of the proxy is no proxy.
        ("10.0.0.20", "192.168.11.5", "10.0.0.20"),
        # What a proxy forwards and cannot be read is unknown, not the proxy's address.
        ("10.0.0.2", "203.0.113.9, unknown", None),
        ("10.0.0.2", "", "10.0.0.2"),
        ("", "203.0.113.9", None),
        ("not an address", "203.0.113.9", None),
        # IPv6, mapped IPv4, ports, brackets.
        ("2001:db8::1", "192.168.11.5", "2001:db8::1"),
        ("::ffff:10.0.0.2", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.2", "::ffff:203.0.113.9", "203.0.113.9"),
        ("fd00::1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.2", "203.0.113.9:4711", "203.0.113.9"),
        ("fe80::1%eth0", "", "fe80::1"),
    ],
)
def test_the_client_address(peer: str, forwarded: str, expected: str | None) -> None:
    meta = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded, "HTTP_X_REAL_IP": "192.168.11.5"}
    assert client_ip(meta, PROXIES) == expected
    scope = {
        "client": [peer, 4711] if peer else None,
        "headers": [(b"host", b"x"), (b"x-forwarded-for", forwarded.encode())] if forwarded else [],
    }
    assert client_ip(meta_of_scope(scope), PROXIES) == expected


def test_several_forwarded_headers_are_one_list() -> None:
    scope = {
        "client": ["10.0.0.2", 1],
        "headers": [(b"x-forwarded-for", b"192.168.11.5"), (b"x-forwarded-for", b"203.0.113.9")],
    }
    assert client_ip(meta_of_scope(scope), PROXIES) == "203.0.113.9"


def test_a_unix_socket_is_trusted_only_when_named() -> None:
    meta = {"REMOTE_ADDR": "", "HTTP_X_FORWARDED_FOR": "192.168.11.5, 203.0.113.9"}
    assert client_ip(meta, ["unix"]) == "203.0.113.9"
    assert client_ip(meta, ["10.0.0.2"]) is None


@pytest.mark.parametrize(
    ("ip", "networks", "expected"),
    [
        ("203.0.113.9", [], True),
        (None, [], True),
        (None, ["192.168.11.0/24"], False),
        ("", ["192.168.11.0/24"], False),
        ("192.168.11.5", ["192.168.11.0/24"], True),
        ("192.168.12.5", ["192.168.11.0/24"], False),
        ("192.168.11.5", ["192.168.11.50"], False),
        ("192.168.11.50", ["192.168.11.50"], True),
        ("::ffff:192.168.11.5", ["192.168.11.0/24"], True),
        ("192.168.11.5", ["::ffff:192.168.11.0/120"], True),
        ("2001:db8::1", ["2001:db8::/32"], True),
        ("2001:db9::1", ["2001:db8::/32"], False),
        ("127.0.0.1", ["192.168.11.0/24"], True),
        ("::1", ["192.168.11.0/24"], True),
        ("2001:db8::1", ["0.0.0.0/0"], False),
    ],
)
def test_the_allow_list(ip: str | None, networks: list[str], expected: bool) -> None:
    assert is_allowed(ip, networks) is expected


def test_an_address_outside_is_403_everywhere_and_audited(translator: User, settings: Any) -> None:
    settings.ALLOWED_NETWORKS = ["192.168.11.0/24"]
    client = Client(REMOTE_ADDR="203.0.113.77", HTTP_X_FORWARDED_FOR="192.168.11.5")
    assert client.get("/login").status_code == 403
    response = client.post(V1 + "auth/login", {}, content_type="application/json")
    assert (response.status_code, code_of(response)) == (403, "address_refused")
    entries = AuditEntry.objects.filter(action="address_refused")
    assert {entry.ip for entry in entries} == {"203.0.113.77"}
    inside = Client(REMOTE_ADDR="192.168.11.5")
    assert inside.get("/login").status_code == 200


def test_the_session_and_the_log_keep_the_real_address(translator: User, settings: Any) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    client = Client(REMOTE_ADDR="10.0.0.2", HTTP_X_FORWARDED_FOR="127.0.0.1, 203.0.113.9")
    client.force_login(translator)
    client.patch(V1 + "auth/me/preferences", {"theme": "dark"}, content_type="application/json")
    client.post("/logout")
    entry = AuditEntry.objects.get(action="signed_out")
    assert entry.ip == "203.0.113.9"
    assert len(entry.request_id) == 32


@pytest.mark.parametrize("name", ["TRUSTED_PROXIES", "ALLOWED_NETWORKS"])
def test_a_typing_error_in_the_settings_is_found_at_the_start(settings: Any, name: str) -> None:
    assert network_settings(None) == []
    setattr(settings, name, ["10.0.0.0/8", "unix", "10.0.0.300"])
    found = network_settings(None)
    assert [message.id for message in found] == ["accounts.E001"] * (1 if name == "TRUSTED_PROXIES" else 2)
