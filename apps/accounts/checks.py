"""Start-up checks of the network settings: a typing error must not open or close the server."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from apps.accounts.network import UNIX_PEER, parse_network


def network_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """TRUSTED_PROXIES and ALLOWED_NETWORKS hold addresses and CIDR ranges only."""
    found: list[CheckMessage] = []
    for name in ("TRUSTED_PROXIES", "ALLOWED_NETWORKS"):
        for entry in getattr(settings, name):
            if name == "TRUSTED_PROXIES" and entry == UNIX_PEER:
                continue
            try:
                parse_network(entry)
            except ValueError as error:
                found.append(Error(f"{name}: {error}.", id="accounts.E001"))
    return found
