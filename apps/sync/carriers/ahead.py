"""A page that is fetched in a thread while the one before it is written."""

from __future__ import annotations

import threading
from collections.abc import Callable

from apps.sync.protocol import Refused, RowsPage, Unreachable

Asked = tuple[int, str, int]
"""File, token and limit."""


class Ahead:
    """One page that will be asked for; nothing of it happens in the caller's thread."""

    def __init__(self, asked: Asked, fetch: Callable[[], RowsPage | None]) -> None:
        self.asked = asked
        self._fetch = fetch
        self._page: RowsPage | None = None
        self._trouble: Refused | Unreachable | None = None
        self._thread = threading.Thread(target=self._run, name="sync-ahead", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._page = self._fetch()
        except (Refused, Unreachable) as trouble:
            self._trouble = trouble
        except RuntimeError:
            # The client was closed meanwhile: nobody wants the page any more.
            return

    def page(self) -> RowsPage | None:
        """Waits for it. None where it must be asked for again. Raises Refused and Unreachable as the request did."""
        self._thread.join()
        if self._trouble is not None:
            raise self._trouble
        return self._page
