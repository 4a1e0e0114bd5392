"""The accounts app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "apps.accounts"
    verbose_name = _("People and logins")
    label = "accounts"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from apps.accounts import page_sessions
        from apps.accounts.api import schema  # noqa: F401 (registers the token in the API's description)
        from apps.accounts.checks import network_settings

        user_logged_in.connect(page_sessions.bind, dispatch_uid="accounts.page_sessions")
        checks.register(network_settings, checks.Tags.security)
