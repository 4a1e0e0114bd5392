"""Whether the start screen has anything to ask."""

from __future__ import annotations

from apps.sync.client import link, peers
from apps.sync.models import Link


def chosen_before() -> bool:
    """Whether this desktop goes on to the files by itself: offline was chosen by hand, or a login is remembered.

    With a login it does not matter whether the server answers: without it the day begins offline. Where the
    server had something against the login, its certificate or this version, the person sees that first.
    """
    here = link.current()
    if here.mode == Link.Mode.OFFLINE:
        return True
    return here.user_id is not None and here.trouble in ("", "unreachable") and peers.may_connect(here)
