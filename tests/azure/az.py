"""The real Azure CLI, pointed at the simulated Azure. It lives in an environment of its own; nothing here needs it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.azure.cloud import SUBSCRIPTION

# Run by the CLI's own Python: a login that asks nobody, and tokens over plain http on loopback.
DRIVER = """
import sys, time
import azure.core.pipeline.policies._authentication as authentication
authentication._BearerTokenCredentialPolicyBase._enforce_https = staticmethod(lambda request: None)
import azure.cli.core.aaz._http_policy as commands
for kind in vars(commands).values():
    if "_enforce_https" in getattr(kind, "__dict__", {}):
        kind._enforce_https = staticmethod(lambda request: None)
from azure.core.credentials import AccessToken, AccessTokenInfo
from azure.cli.core._profile import Profile

class Login:
    def get_token(self, *scopes, **kwargs):
        return AccessToken("simulator", int(time.time()) + 3600)
    def get_token_info(self, *scopes, **kwargs):
        return AccessTokenInfo("simulator", int(time.time()) + 3600)

def login(self, *args, **kwargs):
    account = self.get_subscription(None)
    return Login(), account["id"], account["tenantId"]

Profile.get_login_credentials = login
Profile.get_raw_token = lambda self, *args, **kwargs: (("Bearer", "simulator", {}), None, None)
from azure.cli.core import get_default_cli
sys.exit(get_default_cli().invoke(sys.argv[1:]) or 0)
"""


class Az:
    """`command` is the path of `az`; the folder takes its settings."""

    def __init__(self, command: str, url: str, folder: str) -> None:
        self._folder = folder
        self._python = str(Path(command).parent / "python")
        self._environment = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "AZURE_CONFIG_DIR": folder,
            "AZURE_CORE_COLLECT_TELEMETRY": "no",
            "AZURE_CORE_NO_COLOR": "true",
            "AZURE_EXTENSION_USE_DYNAMIC_INSTALL": "no",
        }
        where = Path(folder)
        (where / "config").write_text("[cloud]\nname = simulator\n")
        endpoints = {
            "resource_manager": url,
            "management": url,
            "active_directory": "https://login.microsoftonline.com",
            "active_directory_resource_id": url,
            "active_directory_graph_resource_id": url,
            "microsoft_graph_resource_id": url,
        }
        lines = [f"endpoint_{name} = {value}" for name, value in endpoints.items()]
        (where / "clouds.config").write_text("\n".join(["[simulator]", *lines]) + "\n")
        account = {
            "id": SUBSCRIPTION,
            "name": "contoso-ml",
            "state": "Enabled",
            "tenantId": "6b0c3f1e-0000-4000-8000-5d1a70000002",
            "isDefault": True,
            "environmentName": "simulator",
            "homeTenantId": "6b0c3f1e-0000-4000-8000-5d1a70000002",
            "managedByTenants": [],
            "user": {"name": "ada@contoso.com", "type": "user"},
        }
        profile = {"installationId": "0", "subscriptions": [account]}
        (where / "azureProfile.json").write_text(json.dumps(profile), encoding="utf-8-sig")

    def __enter__(self) -> "Az":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end: each command is a process of its own."""

    def run(self, *arguments: str) -> Any:
        """What the command prints as JSON. Raises CalledProcessError."""
        command = [self._python, "-c", DRIVER, *arguments, "--output", "json", "--only-show-errors"]
        done = subprocess.run(
            command, cwd=self._folder, env=self._environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.strip()[-2000:]}")
        return json.loads(done.stdout) if done.stdout.strip() else None
