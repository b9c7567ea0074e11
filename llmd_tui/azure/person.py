"""Logins that ask a person, which the SDK has blocking only.

Where there is a keyring, processes after this one log in by what they leave; else nothing outlives the process, since
tokens are never written in clear.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from llmd_tui.azure.files import cache_home, write
from llmd_tui.azure.login import LOGIN_SECONDS, OnDeviceCode, login_record

if TYPE_CHECKING:
    from azure.core.credentials import AccessTokenInfo
    from azure.identity import AuthenticationRecord


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


def remembered() -> bool:
    """Whether somebody has logged in before whose tokens a keyring keeps."""
    return login_record().is_file() and keyring()


def asking(
    auth: str, authority: str, tenant: str | None, show: OnDeviceCode | None
) -> "Callable[..., AccessTokenInfo]":
    """Gives tokens, by `device-code` or `browser`; the first one asks, unless somebody has logged in before.

    Without `show` nobody is asked.
    """
    from azure.identity import DeviceCodeCredential, InteractiveBrowserCredential, TokenCachePersistenceOptions

    kept = keyring()
    known = _known(tenant) if kept else None
    tenant = tenant or (known.tenant_id if known else None)
    common: dict[str, Any] = {
        **({} if known else {"authority": authority}),
        "timeout": LOGIN_SECONDS,
        **({"cache_persistence_options": TokenCachePersistenceOptions(name="llmd-tui")} if kept else {}),
        "disable_automatic_authentication": show is None,
        "authentication_record": known,
        **({"tenant_id": tenant} if tenant else {}),
    }
    made: Any
    if auth == "browser":
        made = InteractiveBrowserCredential(**common)
    else:
        made = DeviceCodeCredential(prompt_callback=lambda uri, code, _: show(uri, code) if show else None, **common)
    asked = known is not None

    def ask(*scopes: str, options: Any = None) -> "AccessTokenInfo":
        nonlocal asked
        if show and not asked:
            if auth == "browser":
                show(f"https://{authority}", "")
            record = made.authenticate(scopes=scopes)
            asked = True
            if kept:
                _remember(record)
        return made.get_token_info(*scopes, options=options)

    return ask


def _known(tenant: str | None) -> "AuthenticationRecord | None":
    from azure.identity import AuthenticationRecord

    with suppress(OSError, ValueError, KeyError):
        record = AuthenticationRecord.deserialize(login_record().read_text(encoding="utf-8"))
        if tenant in (None, record.tenant_id):
            return record
    return None


def _remember(record: "AuthenticationRecord") -> None:
    with suppress(OSError):
        write(login_record(), record.serialize())
