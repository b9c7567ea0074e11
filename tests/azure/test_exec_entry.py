"""The kubeconfig that we write for clusters with Entra, on a real API server: kubectl and helm ask our own program,
which asks the Azure CLI; there is no kubelogin."""

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmd_tui.azure.kubelogin import SERVER, for_us
from llmd_tui.files import write_private
from llmd_tui.simulator.arm.kubeconfigs import kubelogin
from tests.control_plane import ControlPlane

pytestmark = pytest.mark.cluster
TENANT = "6b0c3f1e-0000-4000-8000-5d1a70000002"


def azure_cli(folder: Path, token: str) -> Path:
    """An `az` that is logged in, and keeps what it was asked."""
    asked = folder / "asked"
    expires = int(time.time()) + 3600
    said = {
        "accessToken": token,
        "expires_on": expires,
        "expiresOn": time.strftime("%Y-%m-%d %H:%M:%S.000000", time.localtime(expires)),
        "subscription": "s",
        "tenant": TENANT,
        "tokenType": "Bearer",
    }
    az = folder / "az"
    az.write_text(f"#!/bin/sh\necho \"$@\" >> {asked}\ncat <<'END'\n{json.dumps(said)}\nEND\n")
    az.chmod(0o700)
    return asked


def chart(folder: Path) -> Path:
    made = folder / "chart"
    (made / "templates").mkdir(parents=True)
    (made / "Chart.yaml").write_text("apiVersion: v2\nname: small\nversion: 0.1.0\n")
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "small"}, "data": {"by": "helm"}}
    (made / "templates" / "settings.yaml").write_text(yaml.safe_dump(settings))
    return made


def test_kubectl_and_helm_log_in_by_our_entry(
    control_plane: ControlPlane, namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helm = control_plane.assets / "helm"
    if not helm.exists():
        pytest.skip("there is no helm beside the control plane")
    of_the_plane: dict[str, Any] = json.loads(control_plane.kubeconfig.read_text())
    asked = azure_cli(tmp_path, of_the_plane["users"][0]["user"]["token"])
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("LLMD_TUI_AUTH", "cli")
    of_the_plane["users"][0]["user"] = kubelogin(TENANT)
    written = tmp_path / "kubeconfig"
    write_private(written, for_us(yaml.safe_dump(of_the_plane)))
    assert "kubelogin" not in written.read_text()

    def run(program: Path, *arguments: str) -> str:
        command = [str(program), f"--kubeconfig={written}", f"--namespace={namespace}", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert (
        run(control_plane.assets / "kubectl", "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}") == "admin"
    )
    run(helm, "install", "small", str(chart(tmp_path)))
    assert json.loads(run(helm, "list", "--output=json"))[0]["status"] == "deployed"
    found = run(control_plane.assets / "kubectl", "get", "configmap", "small", "-o", "jsonpath={.data.by}")
    assert found == "helm"
    run(helm, "uninstall", "small")
    assert json.loads(run(helm, "list", "--output=json")) == []
    (words,) = set(asked.read_text().splitlines())
    assert f"--scope {SERVER}/.default" in words or f"--resource {SERVER}" in words
    assert f"--tenant {TENANT}" in words
