"""Slowing down guesses: failed logins are counted per name and address, and per address.

Addresses are compared whole. Asked twice: before the password is hashed, and again with the person
locked, so that many guesses at the same moment learn no more than as many one after the other.
Only failures count: any number of people may log in at the same moment from one address.
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

# One office often has one address: many people may mistype there before all of them wait.
PER_ADDRESS = 4


def check(username_key: str, ip: str) -> None:
    """Raises Throttled (with `retry_after`, seconds) where too many logins failed in the window."""
    since = timezone.now() - timedelta(minutes=settings.LOGIN_FAILURES_MINUTES)
    failures = LoginAttempt.objects.filter(ip=ip, at__gt=since)
    allowed = int(settings.LOGIN_FAILURES_ALLOWED)
    wait = max(
        _wait(failures.filter(username_key=username_key[:100]), allowed),
        _wait(failures, allowed * PER_ADDRESS),
    )
    if wait:
        raise Throttled(
            _("Too many logins failed from here. Try again in %(minutes)d min.") % {"minutes": math.ceil(wait / 60)},
            retry_after=wait,
        )


def fail(username_key: str, ip: str) -> bool:
    """Note a failure, in the caller's transaction; whether it was the last one allowed."""
    now = timezone.now()
    LoginAttempt.objects.filter(at__lte=now - timedelta(minutes=settings.LOGIN_FAILURES_MINUTES)).delete()
    LoginAttempt.objects.create(username_key=username_key[:100], ip=ip, at=now)
    failures = LoginAttempt.objects.filter(username_key=username_key[:100], ip=ip)
    return failures.count() >= int(settings.LOGIN_FAILURES_ALLOWED)


def succeed(username_key: str, ip: str) -> None:
    """The password was right: forget this name's failures at this address."""
    LoginAttempt.objects.filter(username_key=username_key[:100], ip=ip).delete()


def _wait(failures: QuerySet[LoginAttempt], allowed: int) -> int:
    """Seconds until fewer than `allowed` of the failures are inside the window; 0: go on."""
    latest = list(failures.order_by("-at", "-pk").values_list("at", flat=True)[:allowed])
    if len(latest) < allowed:
        return 0
    leaves = latest[-1] + timedelta(minutes=settings.LOGIN_FAILURES_MINUTES)
    return max(1, math.ceil((leaves - timezone.now()).total_seconds()))
