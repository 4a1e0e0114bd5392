"""Every API address of sync."""

from __future__ import annotations

from apps.sync.urls_conflicts import urlpatterns as conflicts
from apps.sync.urls_link import urlpatterns as link
from apps.sync.urls_peer import urlpatterns as peer

urlpatterns = [*peer, *link, *conflicts]
