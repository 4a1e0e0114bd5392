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


class StaticOnce:
    """The program, with each static file asked of it once: a fresh browser fetches some eighty for every page."""

    def __init__(self, application: Any) -> None:
        self.application = application
        self.known: dict[tuple[str, bytes], list[dict[str, Any]]] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer as the program did the first time; what is not a plain GET of a static file goes to the program."""
        if scope["type"] != "http" or scope["method"] != "GET" or not scope["path"].startswith("/static/"):
            return await self.application(scope, receive, send)
        headers = dict(scope["headers"])
        if headers.keys() & {b"if-none-match", b"if-modified-since", b"range"}:
            return await self.application(scope, receive, send)
        key = (scope["path"], headers.get(b"accept-encoding", b""))
        if key in self.known:
            for message in self.known[key]:
                await send(message)
            return None
        messages: list[dict[str, Any]] = []

        async def remember(message: dict[str, Any]) -> None:
            messages.append(message)
            await send(message)

        await self.application(scope, receive, remember)
        if messages[0].get("status") == 200 and not messages[-1].get("more_body"):
            self.known[key] = messages
        return None
