"""What the audit log hears from accounts, which may import nobody and so sends signals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from apps.audit.services import record

if TYPE_CHECKING:
    from apps.accounts.models import User

SENTENCES = {
    "audit_pruned": _("Retention removed {removed} entries"),
    "signed_in": _("{actor} logged in"),
    "sign_in_failed": _("A login as {target} failed"),
    "sign_in_throttled": _("A login as {target} failed, and further ones have to wait"),
    "signed_out": _("{actor} logged out"),
    "sessions_ended": _("{actor} ended {count} other logins"),
    "user_sessions_ended": _("{actor} ended the logins of {target}"),
    "refresh_reused": _("A used refresh token of {target} came again: the login was ended"),
    "password_changed": _("{actor} changed the password"),
    "password_reset": _("{actor} reset the password of {target}"),
    "user_created": _("{actor} created the account of {target}"),
    "user_changed": _("{actor} changed the account of {target}"),
    "user_deactivated": _("{actor} deactivated {target}"),
    "user_activated": _("{actor} activated {target}"),
    "local_person_adopted": _("{target} is the person of this PC"),
    "offline_prefix_refused": _("An offline-mode token was refused"),
    "address_refused": _("A request from an address that is not on the list was refused"),
}


def on_account_event(
    sender: Any,
    action: str,
    actor: User | None,
    user: User | None,
    ip: str | None,
    detail: dict[str, Any],
    **kwargs: Any,
) -> None:
    """Receiver of accounts' `happened`: one entry, in the transaction of the change."""
    record(
        action,
        actor=actor,
        target_kind="user" if user is not None else "",
        target_id=user.pk if user is not None else None,
        target_name=user.name if user is not None else "",
        detail=detail,
        ip=ip,
    )
