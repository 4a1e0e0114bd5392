"""Slowing down guesses: failed logins are counted per name and address, and per address.

Addresses are compared whole. An attempt is noted before the password is checked, so that many
attempts at the same moment cannot all pass the count.
"""

from __future__ import annotations

import math
from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.models import LoginAttempt
from locanext_project.errors import Throttled
from locanext_project.workspaces import atomic

# One office often has one address: many people may mistype there before all of them wait.
PER_ADDRESS = 4


def begin(username_key: str, ip: str) -> LoginAttempt:
    """Note an attempt. Raises Throttled (with `retry_after`, seconds) where too many failed before."""
    now = timezone.now()
    window = timedelta(minutes=settings.LOGIN_FAILURES_MINUTES)
    allowed = settings.LOGIN_FAILURES_ALLOWED
    with atomic():
        LoginAttempt.objects.filter(at__lt=now - window).delete()
        attempt = LoginAttempt.objects.create(username_key=username_key[:100], ip=ip, at=now)
        before = LoginAttempt.objects.filter(ip=ip, at__gt=now - window, pk__lt=attempt.pk)
        wait = max(
            _wait(before.filter(username_key=attempt.username_key), allowed),
            _wait(before, allowed * PER_ADDRESS),
        )
        if wait:
            # A refused attempt does not count: who keeps trying does not wait longer for it.
            attempt.delete()
    if wait:
        minutes = math.ceil(wait / 60)
        raise Throttled(
            _("Too many logins failed from here. Try again in %(minutes)d min.") % {"minutes": minutes},
            retry_after=wait,
        )
    return attempt


def succeed(attempt: LoginAttempt) -> None:
    """The password was right: forget this name's failures at this address."""
    LoginAttempt.objects.filter(username_key=attempt.username_key, ip=attempt.ip).delete()


def is_last(attempt: LoginAttempt) -> bool:
    """Whether this failure was the last one allowed for its name and address."""
    failures = LoginAttempt.objects.filter(username_key=attempt.username_key, ip=attempt.ip, pk__lte=attempt.pk)
    return failures.count() >= int(settings.LOGIN_FAILURES_ALLOWED)


def _wait(failures: QuerySet[LoginAttempt], allowed: int) -> int:
    """Seconds until fewer than `allowed` of the failures are inside the window; 0: go on."""
    latest = list(failures.order_by("-at", "-pk").values_list("at", flat=True)[:allowed])
    if len(latest) < allowed:
        return 0
    leaves = latest[-1] + timedelta(minutes=settings.LOGIN_FAILURES_MINUTES)
    return max(1, math.ceil((leaves - timezone.now()).total_seconds()))
