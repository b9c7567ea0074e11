"""Logins that ask a person, which the SDK has blocking only: each waits in a thread of its own, and can be given up.

Where there is a keyring, processes after this one log in by what they leave; else nothing outlives the process, since
tokens are never written in clear.
"""

import asyncio
import logging
import threading
import time
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from llmd_tui.azure.clouds import known_authority
from llmd_tui.errors import UserError
from llmd_tui.files import cache_home, write_private

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from azure.core.credentials import AccessTokenInfo, TokenRequestOptions
    from azure.identity import AuthenticationRecord

TRIES = 2
LOGIN_SECONDS = 900
"""A device code is good for a quarter of an hour."""


class LoginCancelled(UserError):
    """The person did not want to."""

    def __init__(self) -> None:
        super().__init__("The login was cancelled.", "Nothing was changed.")


@dataclass(frozen=True, eq=False)
class Prompt:
    """A page to open, and a code to enter there, which is empty when a browser was opened on it.

    `expires` is in seconds since the epoch. `cancel` ends the waiting; in the event loop.
    """

    uri: str
    code: str
    expires: float
    cancel: "Callable[[], None]"


class Person(Protocol):
    """Whoever sits there; called in the event loop. `chooses`: asks itself which way to take when none was said."""

    @property
    def chooses(self) -> bool: ...

    def show(self, prompt: Prompt) -> None: ...

    def hide(self, prompt: Prompt) -> None:
        """It is over, whichever way."""
        ...


def keyring() -> bool:
    """Whether tokens can be kept encrypted here: libsecret on Linux, the Keychain, Windows' data protection."""
    import msal_extensions

    untyped: Any = msal_extensions
    try:
        return bool(untyped.build_encrypted_persistence(str(cache_home() / "keyring")).is_encrypted)
    # What is missing shows as any error: no library, no bus, no collection; the SDK itself catches as broadly.
    except Exception as error:  # noqa: BLE001
        logging.getLogger("azure.identity").info("logins are kept in memory only: %s", error)
        return False


def login_record() -> "Path":
    """Where a login by a person is remembered: who it was, no secret."""
    return cache_home() / "login.json"


def remembered() -> bool:
    """Whether somebody has logged in before whose tokens a keyring keeps."""
    return login_record().is_file() and keyring()


@dataclass(eq=False)
class _Asking:
    """One request for a token, on its way in a thread."""

    person: Person | None
    loop: asyncio.AbstractEventLoop
    answer: "asyncio.Future[AccessTokenInfo]"
    given_up: threading.Event = field(default_factory=threading.Event)
    unblock: "Callable[[], None] | None" = None
    prompt: Prompt | None = None

    def show(self, uri: str, code: str, expires: float) -> None:
        """In the thread."""
        if self.person:
            self._tell(self._show, Prompt(uri, code, expires, self.cancel))

    def settle(self, token: "AccessTokenInfo | None", error: BaseException | None) -> None:
        """In the thread."""

        def settle() -> None:
            if self.answer.done():
                return
            if error or token is None:
                # A future takes every error but this one, and would be waited for without an end.
                told = RuntimeError("the login stopped") if isinstance(error, StopIteration) else error
                self.answer.set_exception(told or RuntimeError("neither token nor error"))
            else:
                self.answer.set_result(token)

        self._tell(settle)

    def cancel(self) -> None:
        if not self.answer.done():
            self.answer.set_exception(LoginCancelled())

    def end(self) -> None:
        """The thread goes at its next step, when it has not gone already."""
        self.given_up.set()
        if self.unblock and (self.answer.cancelled() or self.answer.exception()):
            threading.Thread(target=self.unblock, daemon=True, name="login-unblock").start()
        if self.prompt and self.person:
            self.person.hide(self.prompt)

    def _show(self, prompt: Prompt) -> None:
        if self.person and not self.answer.done():
            self.prompt = prompt
            self.person.show(prompt)

    def _tell(self, what: "Callable[..., None]", *about: object) -> None:
        # The loop is closed when the program has gone on without the answer.
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(what, *about)


_current: ContextVar[_Asking | None] = ContextVar("asking", default=None)
"""In a login's thread: what it is about."""


class PersonLogin:
    """By `device-code` or `browser`; the first token asks, unless somebody has logged in before.

    `person` is who is asked; while there is none, nobody is. `fresh`: whoever logged in before does not count.
    """

    def __init__(self, auth: str, authority: str, tenant: str | None, *, fresh: bool = False) -> None:
        self.person: Person | None = None
        self.record: AuthenticationRecord | None = None
        self.auth = auth
        self._authority = authority
        self._tenant = tenant
        self._fresh = fresh
        self._made: Any = None
        self._address = ""
        self._refused = False

    @property
    def logged_in(self) -> bool:
        return self.record is not None

    @property
    def user(self) -> str:
        """Empty before the login."""
        return self.record.username if self.record else ""

    @property
    def tenant(self) -> str:
        """The one that it is for, once that is known."""
        return (self.record.tenant_id if self.record else self._tenant) or ""

    async def get_token_info(self, *scopes: str, options: "TokenRequestOptions | None" = None) -> "AccessTokenInfo":
        loop = asyncio.get_running_loop()
        asking = _Asking(self.person, loop, loop.create_future())
        threading.Thread(target=self._work, args=(asking, scopes, options), daemon=True, name="login").start()
        try:
            return await asking.answer
        except BaseException:
            # What the thread still has of it is its own: whoever asks next begins anew.
            self._made = None
            raise
        finally:
            asking.end()

    async def close(self) -> None:
        """What is known stays known."""

    def refuse(self, _token: str) -> None:
        """The SDK would give it out once more: the next one is to be new."""
        self._refused = True

    def drop(self) -> None:
        """What is known is forgotten."""
        made, self._made, self.record = self._made, None, None
        if made:
            made.close()

    def _work(self, asking: _Asking, scopes: tuple[str, ...], options: "TokenRequestOptions | None") -> None:
        _current.set(asking)
        try:
            token, error = self._token(asking, scopes, options), None
        except BaseException as trouble:  # noqa: BLE001 - raised where the token is waited for
            token, error = None, trouble
        asking.settle(token, error)

    def _token(
        self, asking: _Asking, scopes: tuple[str, ...], options: "TokenRequestOptions | None"
    ) -> "AccessTokenInfo":
        from azure.identity import AuthenticationRequiredError

        if self._refused:
            # With claims, also with none in them, the SDK asks for a new token.
            options = {"claims": "{}", **(options or {})}
        made = self._made or self._make()
        if not asking.given_up.is_set():
            self._made = made
        try:
            token = made.get_token_info(*scopes, options=options)
        except AuthenticationRequiredError:
            if asking.person is None:
                raise
        else:
            self._refused = False
            return token
        if self._address:
            from llmd_tui.azure.browser import unblocking

            asking.unblock = unblocking(self._address)
        try:
            record: AuthenticationRecord = made.authenticate(scopes=scopes, claims=(options or {}).get("claims"))
        except BaseException:
            made.close()
            raise
        self.record = record
        self._refused = False
        if keyring():
            _remember(record)
        return made.get_token_info(*scopes)

    def _make(self) -> Any:
        from azure.identity import DeviceCodeCredential, InteractiveBrowserCredential, TokenCachePersistenceOptions

        kept = keyring()
        known = _known(self._tenant) if kept and not self._fresh else None
        self.record = known
        tenant = self._tenant or (known.tenant_id if known else None)
        common: dict[str, Any] = {
            **({} if known else {"authority": self._authority}),
            **({"cache_persistence_options": TokenCachePersistenceOptions(name="llmd-tui")} if kept else {}),
            **({"tenant_id": tenant} if tenant else {}),
            "timeout": LOGIN_SECONDS,
            "retry_total": TRIES,
            "authentication_record": known,
            "disable_automatic_authentication": True,
            "disable_instance_discovery": not known_authority(self._authority),
            "transport": _transport(),
        }
        if self.auth == "browser":
            from llmd_tui.azure.browser import listen, note_pages

            note_pages(_show_page)
            self._address = listen()
            return InteractiveBrowserCredential(redirect_uri=self._address, **common)
        return DeviceCodeCredential(prompt_callback=_show_code, **common)


def _show_code(uri: str, code: str, expires: datetime) -> None:
    if asking := _current.get():
        asking.show(uri, code, min(expires.timestamp(), time.time() + LOGIN_SECONDS))


def _show_page(uri: str) -> None:
    if asking := _current.get():
        asking.show(uri, "", time.time() + LOGIN_SECONDS)


def _transport() -> Any:
    """The SDK's own, which sends nothing more for a login that was given up: so its polling ends."""
    from azure.core.exceptions import ClientAuthenticationError
    from azure.core.pipeline.transport import RequestsTransport

    base: Any = RequestsTransport

    class Transport(base):
        def send(self, request: Any, **options: Any) -> Any:
            asking = _current.get()
            if asking and asking.given_up.is_set():
                raise ClientAuthenticationError("The login was given up.")
            return base.send(self, request, **options)

    return Transport()


def _known(tenant: str | None) -> "AuthenticationRecord | None":
    from azure.identity import AuthenticationRecord

    with suppress(OSError, ValueError, KeyError):
        record = AuthenticationRecord.deserialize(login_record().read_text(encoding="utf-8"))
        if tenant in (None, record.tenant_id):
            return record
    return None


def _remember(record: "AuthenticationRecord") -> None:
    with suppress(OSError):
        write_private(login_record(), record.serialize())
