"""Logins that ask a person, which the SDK has blocking only; processes after this one log in by what they leave."""

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from llmd_tui.azure.files import write
from llmd_tui.azure.login import LOGIN_SECONDS, OnDeviceCode, login_record

if TYPE_CHECKING:
    from azure.core.credentials import AccessTokenInfo
    from azure.identity import AuthenticationRecord


def asking(
    auth: str, authority: str, tenant: str | None, show: OnDeviceCode | None
) -> "Callable[..., AccessTokenInfo]":
    """Gives tokens, by `device-code` or `browser`; the first one asks, unless somebody has logged in before.

    Without `show` nobody is asked.
    """
    from azure.identity import DeviceCodeCredential, InteractiveBrowserCredential, TokenCachePersistenceOptions

    known = _known(tenant)
    tenant = tenant or (known.tenant_id if known else None)
    common: dict[str, Any] = {
        **({} if known else {"authority": authority}),
        "timeout": LOGIN_SECONDS,
        # As the Azure CLI does: in the keyring, else in a file of the user's alone.
        "cache_persistence_options": TokenCachePersistenceOptions(name="llmd-tui", allow_unencrypted_storage=True),
        "disable_automatic_authentication": show is None,
        "authentication_record": known,
        **({"tenant_id": tenant} if tenant else {}),
    }
    made: Any
    if auth == "browser":
        made = InteractiveBrowserCredential(**common)
    else:
        made = DeviceCodeCredential(prompt_callback=lambda uri, code, _: show(uri, code) if show else None, **common)
    remembered = known is not None

    def ask(*scopes: str, options: Any = None) -> "AccessTokenInfo":
        nonlocal remembered
        if show and not remembered:
            if auth == "browser":
                show(f"https://{authority}", "")
            _remember(made.authenticate(scopes=scopes))
            remembered = True
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
