"""An Azure CLI of one command: `az account get-access-token`, logged in or not."""

import json
import shlex
import time
from pathlib import Path

import pytest

from tests.azure.entra import CANARY

SAYS_LOGIN = "ERROR: Please run 'az login' to setup account."


class FakeAz:
    """`az` on PATH; nothing but shell behind it. Each login gives a token of its own."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._logins = 0
        self._config = folder / "azure"
        self._config.mkdir(parents=True)
        here = shlex.quote(str(folder))
        az = folder / "az"
        az.write_text(
            f'#!/bin/sh\necho "$*" >> {here}/spawns\n'
            f"if [ -e {here}/token ]; then cat {here}/token; else echo {shlex.quote(SAYS_LOGIN)} >&2; exit 1; fi\n"
        )
        az.chmod(0o700)
        monkeypatch.setenv("PATH", str(folder), prepend=":")
        monkeypatch.setenv("AZURE_CONFIG_DIR", str(self._config))
        # A login that is simulated too, so that the simulated Azure wants one.
        monkeypatch.setenv("AZURE_AUTHORITY_HOST", "https://localhost:1")
        monkeypatch.setenv("LLMD_TUI_AUTH", "cli")

    @property
    def spawns(self) -> list[str]:
        """The arguments of every call."""
        file = self._folder / "spawns"
        return file.read_text().splitlines() if file.exists() else []

    def log_in(self, subscription: str = "6b0c3f1e-0000-4000-8000-5d1a70000001", *, seconds: float = 3600) -> None:
        """`seconds` is how long its token is good for."""
        self._logins += 1
        token = {"accessToken": f"{CANARY}-of-az-{self._logins}", "expires_on": int(time.time() + seconds)}
        draft = self._folder / "draft"
        draft.write_text(json.dumps(token))
        draft.replace(self._folder / "token")
        user = {"name": "ada@contoso.com", "type": "user"}
        tenant = {"tenantId": "6b0c3f1e-0000-4000-8000-5d1a70000002", "tenantDisplayName": "Simulated"}
        entry = {
            "id": subscription,
            "name": "contoso-ml",
            "state": "Enabled",
            "isDefault": True,
            "user": user,
            **tenant,
        }
        profile = {"subscriptions": [{**entry, "environmentName": "AzureCloud"}]}
        (self._config / "azureProfile.json").write_text(json.dumps(profile), encoding="utf-8-sig")

    def log_out(self) -> None:
        """As when it has ended: the profile stays, tokens do not come any more."""
        (self._folder / "token").unlink()
