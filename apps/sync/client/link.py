"""The desktop's link to its one server: which, who, how its clock differs, and whether to use it."""

from __future__ import annotations

import ipaddress
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.services import local_person
from apps.audit.services import Actor, record
from apps.sync import clock
from apps.sync.client import forgetting, keychain
from apps.sync.models import Link, PendingEdit
from apps.sync.protocol import VERSION, Caller, Hello, Refused, SyncPeer
from apps.tasks.context import Owner
from locanext_project import local_ids, workspaces
from locanext_project.bulk_load import bulk_update
from locanext_project.errors import Conflict, Invalid
from locanext_project.prepared import Prepared, instance

CLOCK_WARNING = 60.0
"""Seconds by which the clocks may differ before the person is told."""
MOST_URL = 500


def current() -> Link:
    """The link of this desktop; made when there is none."""
    found = _first()
    if not found:
        with workspaces.atomic():
            return Link.objects.order_by("pk").first() or Link.objects.create()
    return instance(Link, _COLUMNS, found[0])


_COLUMNS = tuple(field.attname for field in Link._meta.concrete_fields)
_first = Prepared(lambda: Link.objects.order_by("pk").values_list(*_COLUMNS)[:1])


def address_of(link: Link) -> str:
    """The address of the server; empty where there is none, or where this desktop was a node of one (LAN set-up)."""
    return link.server_url if link.server_url.startswith("http") else ""


def caller() -> Caller:
    """Who speaks to the server, at this moment of this computer's clock."""
    return Caller(client=str(current().client), now=clock.now())


def owner() -> Owner:
    """In whose name background work on the mirror is done."""
    link = current()
    return Owner(local_ids.STORAGE_ID if link.user_id is None else link.user_id, link.user_name)


def moment(seconds: float) -> datetime:
    """A time of this computer's clock, as it is kept."""
    return datetime.fromtimestamp(seconds, UTC)


def greet(peer: SyncPeer) -> Hello:
    """Say hello, and remember the server's epoch, its clock and the time of contact.

    Where the address is new and the server another one, the copies of the former server's things
    go, for their ids mean something else here; not while edits of them wait. Raises Refused
    ("too_old" where the server speaks a newer protocol only) and Unreachable.
    """
    before = clock.now()
    hello = peer.hello(Caller(client=str(current().client), now=before))
    after = clock.now()
    if hello.oldest > VERSION:
        raise Refused("too_old", _("The server needs a newer version of this program."))
    with workspaces.atomic():
        # Nobody else changes it meanwhile: a desktop's SQLite has one writer, and that is this transaction.
        link = current()
        if link.moved and link.epoch is not None and str(link.epoch) != hello.epoch:
            if PendingEdit.objects.exists():
                raise Refused("forbidden", _waiting_words())
            forgetting.forget_mirror()
        # The server looked at its clock somewhere between the question and the answer.
        offset = hello.server_time - (before + after) / 2
        values = (uuid.UUID(hello.epoch), False, offset, moment(after))
        bulk_update(Link, ("epoch", "moved", "clock_offset", "last_contact"), [(link.pk, *values)])
    return hello


def connect(*, actor: Actor, server_url: str) -> Link:
    """Name the server of this desktop. Raises Invalid for an address that is none or not safe.

    Raises Conflict where edits wait for another server: they could never be sent to this one.
    """
    url = clean_url(server_url)
    with workspaces.atomic():
        link = Link.objects.select_for_update().get(pk=current().pk)
        if link.server_url == url:
            return link
        if link.server_url and PendingEdit.objects.exists():
            raise Conflict(_waiting_words(), code="edits_wait", count=PendingEdit.objects.count())
        link.server_url, link.moved, link.trouble = url, bool(link.epoch), ""
        link.save(update_fields=["server_url", "moved", "trouble"])
        record("link_connected", actor=actor, target_kind="link", target_name=url)
    # A login belongs to the server that gave it.
    keychain.forget(str(link.client))
    return link


def move_to(place: str, *, epoch: str) -> None:
    """The LAN set-up: the server of this desktop is the one with this database, in this epoch, and no address is.

    Raises Refused("forbidden") where edits wait for another server: they could never be sent to this one.
    """
    with workspaces.atomic():
        link = Link.objects.select_for_update().get(pk=current().pk)
        if link.server_url == place:
            return
        if link.epoch is not None and str(link.epoch) != epoch and PendingEdit.objects.exists():
            raise Refused("forbidden", _waiting_words())
        Link.objects.filter(pk=link.pk).update(server_url=place, moved=bool(link.epoch), trouble="")


def _waiting_words() -> str:
    return _(
        "%(count)d edits wait for the server of before. Send them or let them go first; then choose another server."
    ) % {"count": PendingEdit.objects.count()}


def clean_url(server_url: str) -> str:
    """The address without its path. Raises Invalid: https everywhere but on this computer itself."""
    url = server_url.strip()
    if "://" not in url:
        url = f"https://{url}"
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port = "", None
    if not host or parts.username or parts.password or len(url) > MOST_URL or any(c.isspace() for c in url):
        raise Invalid(
            _("This is not the address of a server. It looks like https://loca.example.com."), field="server_url"
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise Invalid(_("The address begins with https://: without it others could read along."), field="server_url")
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}{'' if port is None else f':{port}'}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def signed_in(*, hello: Hello, tokens: Mapping[str, Any] | None) -> User:
    """A login succeeded: keep its refresh token (none in the LAN set-up), and make its person that of this desktop."""
    with workspaces.atomic():
        person = local_person.adopt(hello.user)
        link = current()
        Link.objects.filter(pk=link.pk).update(user_id=person.pk, user_name=person.name[:150], trouble="")
        record("link_signed_in", actor=person, target_kind="link", target_name=link.server_url)
    if tokens is not None:
        keychain.keep(str(link.client), str(tokens["refresh"]))
    return person


def set_mode(*, actor: Actor, mode: str) -> Link:
    """Go online by itself, or stay offline until the person says otherwise. Raises Invalid."""
    if mode not in Link.Mode.values:
        raise Invalid(_("The mode is auto or offline."), field="mode")
    with workspaces.atomic():
        link = Link.objects.select_for_update().get(pk=current().pk)
        if link.mode != mode:
            link.mode, link.trouble = Link.Mode(mode), ""
            link.save(update_fields=["mode", "trouble"])
            record(
                "link_mode_changed", actor=actor, target_kind="link", target_name=link.server_url, detail={"mode": mode}
            )
    return link


def sign_out(*, actor: Actor) -> None:
    """Forget the login. What waits stays, and is sent after the next one of the same person."""
    with workspaces.atomic():
        link = current()
        Link.objects.filter(pk=link.pk).update(
            trouble="login", user_id=None if workspaces.OFFLINE_ALIAS in settings.DATABASES else F("user_id")
        )
        record("link_signed_out", actor=actor, target_kind="link", target_name=link.server_url)
    keychain.forget(str(link.client))
