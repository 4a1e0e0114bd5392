"""The static files are looked for once in a process, not again for every client of a test."""

from __future__ import annotations

from typing import Any


def remember_static_files() -> None:
    """Let WhiteNoise keep what its finders found: each new client builds the middleware, and asks 400 files' state."""
    from django.conf import settings
    from whitenoise.middleware import WhiteNoiseMiddleware

    look = WhiteNoiseMiddleware.add_files_from_finders
    known: dict[str, dict[str, Any]] = {}

    def add_files_from_finders(self: Any) -> None:
        names = (settings.STATICFILES_DIRS, settings.STATICFILES_FINDERS, settings.STORAGES, settings.INSTALLED_APPS)
        key = repr((self.static_prefix, self.max_age, self.charset, self.allow_all_origins, *names))
        if key not in known:
            before = dict(self.files)
            look(self)
            known[key] = {url: file for url, file in self.files.items() if before.get(url) is not file}
        self.files.update(known[key])

    WhiteNoiseMiddleware.add_files_from_finders = add_files_from_finders
