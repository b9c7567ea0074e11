"""A login's tokens, fetched once for everybody in this process, also for those who ask at the same moment."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from llmd_tui.clock import Clock

if TYPE_CHECKING:
    from azure.core.credentials import AccessTokenInfo, TokenRequestOptions

AsyncCredential = Any
"""What the SDK's clients take: `get_token_info` and `close`."""
EARLY_SECONDS = 300.0
"""A token is renewed so long before it ends, a short-lived one after four fifths of its life."""
NEEDS_LOGIN = "a login to Azure"
"""What a run waits for then; why follows."""
AGAIN_SECONDS = 10.0
"""How often a login that has ended is asked whether it is back."""


@dataclass
class _Kept:
    token: "AccessTokenInfo"
    until: float


@dataclass
class Shared:
    """What the SDK's clients take. `make` gives the credential behind it, which is closed again after each token.

    `forget` hears of tokens that Azure does not take any more, for credentials that keep them too.
    """

    make: Callable[[], AsyncCredential]
    forget: Callable[[str], None] = lambda _: None
    _kept: dict[tuple[str, ...], _Kept] = field(default_factory=dict[tuple[str, ...], _Kept])
    _failed: tuple[float, Exception] | None = None
    _locks: "WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock]" = field(
        default_factory=WeakKeyDictionary["asyncio.AbstractEventLoop", asyncio.Lock]
    )

    async def get_token_info(self, *scopes: str, options: "TokenRequestOptions | None" = None) -> "AccessTokenInfo":
        began = time.monotonic()
        async with self._locks.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            if self._failed and began <= self._failed[0]:
                raise self._failed[1]
            kept = self._kept.get(scopes)
            # Claims are about the token that was refused; one that came meanwhile has not been tried.
            if kept and time.time() < kept.until:
                return kept.token
            try:
                return await self._fetch(scopes, options)
            except Exception as error:
                # Whoever waited meanwhile would only hear the same, or ask a person once more.
                self._failed = time.monotonic(), error
                raise

    def refuse(self, token: str) -> None:
        """Azure does not take it any more."""
        self.forget(token)
        self._kept = {scopes: kept for scopes, kept in self._kept.items() if kept.token.token != token}

    async def close(self) -> None:
        """Nothing stays open."""

    async def _fetch(self, scopes: tuple[str, ...], options: "TokenRequestOptions | None") -> "AccessTokenInfo":
        asked = time.time()
        credential = self.make()
        try:
            token: AccessTokenInfo = await credential.get_token_info(*scopes, options=options or {})
        finally:
            await credential.close()
        life = token.expires_on - asked
        self._kept[scopes] = _Kept(token, token.expires_on - min(EARLY_SECONDS, life / 5))
        return token


@dataclass
class Patient:
    """What a connection asks for its tokens. `tell` hears why there is none, and when it is asked for again.

    `waits`: while the login gives no token it is asked again and again, and nothing is lost.
    """

    login: Shared
    clock: Clock
    tell: Callable[[str], None]
    waits: bool = False

    async def get_token_info(self, *scopes: str, options: "TokenRequestOptions | None" = None) -> "AccessTokenInfo":
        from azure.core.exceptions import ClientAuthenticationError

        from llmd_tui.azure.refusals import why_no_token

        while True:
            try:
                return await self.login.get_token_info(*scopes, options=options)
            except ClientAuthenticationError as error:
                if not self.waits:
                    raise
                await self.pause(str(why_no_token(error)))
            # The CLI cannot meet claims; whoever logged in again has met them.
            options = None

    async def pause(self, why: str) -> None:
        """Before the login is asked, or tried, again."""
        self.tell(f"{NEEDS_LOGIN}: {why} Tried again every {AGAIN_SECONDS:.0f}s, then the run goes on from here")
        await self.clock.sleep(AGAIN_SECONDS)

    def refuse(self, token: str) -> None:
        """Azure does not take it any more."""
        self.login.refuse(token)

    async def close(self) -> None:
        """Nothing stays open."""
