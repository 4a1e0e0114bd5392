"""Whether a socket's connection takes more: without asking, a slow reader's frames would pile up in the server.

By the standard an ASGI server's `send` waits until the connection takes more. Daphne's does not: it
writes into a buffer without an end. Its connection (Twisted's) tells a registered producer when
that buffer is full and when it is empty again, and that is listened to here.
"""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

logger = logging.getLogger(__name__)


class Flow:
    """Waits where the connection is full. With a server whose `send` waits by itself this never does."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._open.set()

    async def free(self) -> None:
        """Return when the connection takes more."""
        await self._open.wait()

    # Twisted's interface of a producer that is told when to pause.
    def pauseProducing(self) -> None:  # noqa: N802
        """The connection's buffer is full."""
        self._open.clear()

    def resumeProducing(self) -> None:  # noqa: N802
        """It is empty again."""
        self._open.set()

    def stopProducing(self) -> None:  # noqa: N802
        """The connection is gone: whoever waits goes on, and finds that out."""
        self._open.set()


def flow_of(send: Any) -> Flow:
    """The flow of the connection behind an ASGI `send`; call it once the socket is accepted."""
    flow = Flow()
    while isinstance(send, partial):
        # Daphne: partial(handle_reply, protocol); a layer around the application may have wrapped it.
        protocol = next((value for value in send.args if hasattr(value, "registerProducer")), None)
        if protocol is not None:
            _register(protocol, flow)
            break
        send = send.func
    return flow


def _register(protocol: Any, flow: Flow) -> None:
    """In the place of the HTTP channel, whose connection the socket took over."""
    try:
        protocol.unregisterProducer()
        protocol.registerProducer(flow, True)
    except (AttributeError, RuntimeError):
        logger.warning("The server's connection cannot be asked whether it takes more.", exc_info=True)
