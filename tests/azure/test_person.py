"""Logins by a person: what they leave behind, and that it is never a token in clear."""

import base64
import json
import time
from pathlib import Path
from typing import Any

import msal_extensions
import pytest

from llmd_tui.azure.login import login_record
from llmd_tui.azure.person import asking, keyring, remembered
from tests.azure.keyring import Keyring, no_keyring

CANARY = "canary-of-a-token"
TENANT = "6b0c3f1e-0000-4000-8000-5d1a70000002"
CLIENT = "azure.identity._internal.msal_client.MsalClient"
"""Of the SDK: what MSAL sends its requests by."""
SCOPE = "https://management.azure.com/.default"


class Answer:
    """An answer of the login server, as MSAL takes it from its HTTP client."""

    status_code = 200

    def __init__(self, body: dict[str, Any]) -> None:
        self.text = json.dumps(body)
        self.headers: dict[str, str] = {}

    def raise_for_status(self) -> None:
        """It is always fine."""


def entra(self: object, url: str, **_: object) -> Answer:
    """The login server: a code that has been entered already, and tokens."""
    root = f"https://login.microsoftonline.com/{TENANT}"
    if "openid-configuration" in url:
        ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "device_authorization_endpoint": "d"}
        return Answer({"issuer": root, **{name: f"{root}/{end}" for name, end in ends.items()}})
    if url.endswith("/d"):
        code = {"device_code": "d", "user_code": "ABCD", "verification_uri": "https://microsoft.com/devicelogin"}
        return Answer({**code, "expires_in": 900, "interval": 1, "message": ""})
    now = int(time.time())
    who = {"iss": root, "sub": "s", "aud": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "tid": TENANT}
    claims = {**who, "preferred_username": "ada@contoso.com", "exp": now + 3600, "iat": now}
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    info = base64.urlsafe_b64encode(json.dumps({"uid": "u", "utid": TENANT}).encode()).decode().rstrip("=")
    tokens = {"access_token": CANARY, "refresh_token": CANARY, "id_token": f"e30.{part}.x", "client_info": info}
    return Answer({**tokens, "expires_in": 3600, "token_type": "Bearer", "scope": SCOPE})


@pytest.fixture
def without_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(msal_extensions, "LibsecretPersistence", no_keyring)
    monkeypatch.setattr(msal_extensions.persistence, "LibsecretPersistence", no_keyring)


def with_secret(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()]


@pytest.mark.usefixtures("without_keyring")
def test_without_a_keyring_a_token_is_in_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(f"{CLIENT}.get", entra)
    monkeypatch.setattr(f"{CLIENT}.post", entra)
    shown: list[str] = []
    ask = asking("device-code", "login.microsoftonline.com", TENANT, lambda _, code: shown.append(code))
    assert ask(SCOPE).token == CANARY
    assert ask(SCOPE).token == CANARY
    assert shown == ["ABCD"], "asked once: this process remembers"
    assert with_secret(Path.home()) == [] == with_secret(tmp_path)
    assert not login_record().exists(), "a later process would look for tokens that are nowhere"


@pytest.mark.usefixtures("without_keyring")
def test_a_record_without_a_keyring_is_no_login() -> None:
    login_record().parent.mkdir(parents=True)
    login_record().write_text("{}")
    assert not keyring()
    assert not remembered()


def test_a_record_with_a_keyring_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(msal_extensions.persistence, "LibsecretPersistence", Keyring)
    assert not remembered()
    login_record().parent.mkdir(parents=True)
    login_record().write_text("{}")
    assert remembered()
