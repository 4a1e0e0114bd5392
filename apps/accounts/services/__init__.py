"""What can be done to accounts and logins: one function a use case, one transaction, one audit entry."""

from __future__ import annotations

from apps.accounts.services.login import change_password, sign_in
from apps.accounts.services.people import (
    activate_user,
    create_user,
    deactivate_user,
    end_sessions_of,
    reset_password,
    save_preferences,
    update_user,
)
from apps.accounts.services.sessions import (
    TokenPair,
    end_other_sessions,
    end_session,
    end_session_of_token,
    forget_old_sessions,
    issue_tokens,
    open_session,
    refresh,
    touch,
)

__all__ = [
    "TokenPair",
    "activate_user",
    "change_password",
    "create_user",
    "deactivate_user",
    "end_other_sessions",
    "end_session",
    "end_session_of_token",
    "end_sessions_of",
    "forget_old_sessions",
    "issue_tokens",
    "open_session",
    "refresh",
    "reset_password",
    "save_preferences",
    "sign_in",
    "touch",
    "update_user",
]
