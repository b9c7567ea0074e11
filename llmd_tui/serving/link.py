"""The endpoint from here: a local port that is switched on and off."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.kube.forward import forward_to
from llmd_tui.kube.store import View
from llmd_tui.serving.entrance import Reached, way_in

LOCAL = 8080
"""The port of the commands that are told; another one when it is taken."""


class Link:
    """A port-forward to the Ready pods behind the endpoint's Service: each connection to one that is Ready then.

    `address` is host and port while it is on. `trouble` is why the last connection was not carried.
    """

    def __init__(self, reached: Reached, view: Callable[[], View], clock: Clock, where: tuple[str, str, int]) -> None:
        """`where` is namespace, Service and its port."""
        self._reached = reached
        self._view = view
        self._clock = clock
        self._where = where
        self._stack = AsyncExitStack()
        self._switching = asyncio.Lock()
        self.address: tuple[str, int] | None = None
        self.trouble = ""

    @property
    def on(self) -> bool:
        return self.address is not None

    @property
    def url(self) -> str:
        """Without a path; where it would be while it is off."""
        host, port = self.address or ("127.0.0.1", LOCAL)
        return f"http://{host}:{port}"

    async def open(self) -> str:
        """Switches it on, if it is not, and returns the URL. Raises UserError when there is no way in."""
        async with self._switching:
            self.trouble = ""
            if self.address is None:
                cluster = self._reached()
                if cluster is None:
                    raise UserError("There is no connection to the cluster.", "Resume the run: it connects again.")
                self._target()
                carrying = forward_to(cluster, self._where[0], self._target, local=LOCAL, on_error=self._troubled)
                self.address = await self._stack.enter_async_context(carrying)
        return self.url

    async def close(self) -> None:
        """More often than once does no harm."""
        async with self._switching:
            self.address = None
            await self._stack.aclose()

    def _target(self) -> tuple[str, int]:
        namespace, service, port = self._where
        return way_in(self._view(), namespace, service, port, self._clock.now())

    def _troubled(self, why: str) -> None:
        self.trouble = why
