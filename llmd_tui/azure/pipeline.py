"""How a request travels: the token, what is tried again, and that nobody waits without being told why."""

import math
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from llmd_tui.azure.errors import login_ended
from llmd_tui.azure.refusals import AGAIN
from llmd_tui.clock import Clock

if TYPE_CHECKING:
    from llmd_tui.azure.clouds import Endpoint
    from llmd_tui.azure.shared import Patient

OnWait = Callable[[str], None]
"""Gets for example "throttled, next try in 7 s"."""

THROTTLED_SECONDS = 900
"""For how long a throttled request is repeated; Azure's own windows are three minutes and an hour."""
TRIES = 3
"""After a failed connection, a broken answer or a 5xx."""
LONGEST_PAUSE = 60.0
WIRE = {"connection_timeout": 10, "read_timeout": 60, "connection_data_block_size": 64 * 1024}
"""Seconds; bytes taken at a time."""
CONNECTIONS = 160

_on_wait: ContextVar[OnWait | None] = ContextVar("on_wait", default=None)


@contextmanager
def telling(on_wait: OnWait) -> Generator[None]:
    """Who hears of waits of the requests made within."""
    before = _on_wait.set(on_wait)
    try:
        yield
    finally:
        _on_wait.reset(before)


def tell(text: str) -> None:
    if on_wait := _on_wait.get():
        on_wait(text)


def authentication_policy(where: "Endpoint", login: "Patient") -> Any:
    """One for all clients: each policy keeps its own token, and a token costs a second with the Azure CLI."""
    from azure.mgmt.core.policies import AsyncARMChallengeAuthenticationPolicy

    base: Any = AsyncARMChallengeAuthenticationPolicy

    class Policy(base):
        async def on_request(self, request: Any) -> None:
            # The SDK refuses tokens over plain http, and its retries make the refusal look like a hang.
            if where.simulated:
                request.context.options["enforce_https"] = False
            await base.on_request(self, request)

        async def on_challenge(self, request: Any, response: Any) -> bool:
            """A token that Azure no longer takes is renewed once; the SDK does so only when asked for claims."""
            login.refuse(_bearer(request))
            if await base.on_challenge(self, request, response):
                return True
            await self.authorize_request(request, *self._scopes)
            return True

        async def send(self, request: Any) -> Any:
            """While a login is waited for, one that Azure takes no more is too."""
            response = await base.send(self, request)
            while login.waits and await login_ended(response):
                login.refuse(_bearer(request))
                await login.pause(f"Azure takes this login no more. {AGAIN}")
                response = await base.send(self, request)
            return response

    return Policy(login, where.scope)


def _bearer(request: Any) -> str:
    """The token that was sent."""
    return str(request.http_request.headers["Authorization"]).removeprefix("Bearer ")


def transport(*, use_env_settings: bool) -> Any:
    """The SDK's, with room for all regions at once: aiohttp's own limit of 100 connections lets the last ones wait."""
    import aiohttp
    from azure.core.pipeline.transport import AioHttpTransport

    session = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=CONNECTIONS),
        trust_env=use_env_settings,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
    )
    return AioHttpTransport(**WIRE, session=session, use_env_settings=use_env_settings)


def readable_retry_after() -> Any:
    """Makes whole seconds of every Retry-After: the SDK's generated code chokes on a date, after the PUT was taken."""
    from azure.core.pipeline.policies import SansIOHTTPPolicy

    base: Any = SansIOHTTPPolicy

    class Policy(base):
        def on_response(self, request: Any, response: Any) -> None:
            headers: Any = response.http_response.headers
            if "Retry-After" in headers:
                seconds = seconds_of(str(headers["Retry-After"]))
                if seconds is None:
                    del headers["Retry-After"]
                else:
                    headers["Retry-After"] = str(seconds)

    return Policy()


def seconds_of(retry_after: str) -> int | None:
    """Of a Retry-After: a number, or a date, which may be past. None for what is neither."""
    text = retry_after.strip()
    try:
        return max(0, math.ceil(float(text)))
    except (ValueError, OverflowError):
        pass
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    return max(0, math.ceil((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - time.time()))


def retry_policy(clock: Clock) -> Any:
    """The SDK's, which tells what it waits for, by our clock, and does not give up on a throttled request so soon."""
    from azure.core.pipeline.policies import AsyncRetryPolicy

    base: Any = AsyncRetryPolicy

    class Policy(base):
        def is_retry(self, settings: dict[str, Any], response: Any) -> bool:
            return _throttled(response) or base.is_retry(self, settings, response)

        def increment(self, settings: dict[str, Any], response: Any = None, error: Any = None) -> bool:
            if error is None and _throttled(response):
                settings["throttled"] = settings.get("throttled", 0) + 1
                until = settings.setdefault("throttled_until", clock.time() + THROTTLED_SECONDS)
                return clock.time() + (self.get_retry_after(response) or 0.0) < until
            settings["failed"] = settings.get("failed", 0) + 1
            settings["error"] = error
            return base.increment(self, settings, response, error)

        async def sleep(self, settings: dict[str, Any], transport: Any, response: Any = None) -> None:
            asked = self.get_retry_after(response) if response else None
            times = settings.get("throttled" if _throttled(response) else "failed", 1)
            pause = asked or min(LONGEST_PAUSE, 2.0 ** (times - 1))
            tell(f"{_reason(settings, response)}, next try in {max(1, round(pause))} s")
            await clock.sleep(pause)

    return Policy(retry_total=TRIES, retry_connect=TRIES, retry_read=TRIES, retry_status=TRIES)


def _throttled(response: Any) -> bool:
    http = getattr(response, "http_response", None)
    return http is not None and http.status_code == 429


def _reason(settings: dict[str, Any], response: Any) -> str:
    if _throttled(response):
        return "throttled"
    if response is not None:
        return f"Azure answered {response.http_response.status_code}"
    error = str(settings.get("error"))
    return "Azure's answer broke off" if "not completed" in error else f"no answer from Azure ({error})"
