"""Clusters with Entra: the kubeconfig asks us for tokens; nothing else is needed."""

import base64
import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from llmd_tui.azure.kubelogin import SERVER, exec_credential, for_us
from llmd_tui.clock import Clock
from llmd_tui.config.model import Azure, Target
from llmd_tui.errors import UserError
from llmd_tui.kube.connection import Cluster
from llmd_tui.plan.graph import Cost, Plan
from llmd_tui.presets.scenarios import AzureFault
from llmd_tui.run.surroundings import Surroundings
from llmd_tui.simulator.kubernetes import serve
from tests.azure.cloud import CLUSTER, KUBECONFIG, SUBSCRIPTION, action, put_cluster, put_group, run, simulated
from tests.run.listening import Listening

TARGET = Target(azure=Azure(subscription=SUBSCRIPTION, resource_group="llmd", region="eastus2", cluster="llmd"))
TENANT = "6b0c3f1e-0000-4000-8000-5d1a70000002"


def user_of(kubeconfig: str) -> dict[str, Any]:
    return yaml.safe_load(kubeconfig)["users"][0]["user"]


def entra(user: dict[str, Any]) -> str:
    return yaml.safe_dump({"apiVersion": "v1", "kind": "Config", "users": [{"name": "u", "user": user}]})


def test_kubelogins_entry_becomes_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMD_TUI_AUTH", "cli")
    arguments = ["get-token", "--server-id", SERVER, "--tenant-id", TENANT, "--login", "devicecode"]
    ours = user_of(for_us(entra({"exec": {"command": "/usr/bin/kubelogin", "args": arguments}})))["exec"]
    assert ours["command"] == sys.executable
    assert ours["args"][2:] == ["kube-token", "--server-id", SERVER, "--tenant-id", TENANT]
    assert ours["interactiveMode"] == "Never"
    assert {"name": "LLMD_TUI_AUTH", "value": "cli"} in ours["env"]


def test_the_provider_of_old_becomes_ours_too() -> None:
    provider = {"name": "azure", "config": {"apiserver-id": SERVER, "tenant-id": TENANT}}
    ours = user_of(for_us(entra({"auth-provider": provider})))
    assert "auth-provider" not in ours
    assert ours["exec"]["args"][-1] == TENANT


@pytest.mark.parametrize("user", [{"token": "x"}, {"exec": {"command": "aws", "args": []}}, {}])
def test_other_users_stay_as_they_are(user: dict[str, Any]) -> None:
    assert for_us(entra(user)) == entra(user)


async def test_a_token_of_the_login(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch):
        answer = await exec_credential(SERVER, TENANT)
    assert answer["kind"] == "ExecCredential"
    assert answer["status"]["token"] == "simulator"
    assert answer["status"]["expirationTimestamp"].endswith("Z")


async def test_nobody_logged_in_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="Nobody is logged in"):
        await exec_credential(SERVER, TENANT)


def test_the_command_prints_an_exec_credential_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", "http://127.0.0.1:1")
    command = [sys.executable, "-m", "llmd_tui", "kube-token", "--server-id", SERVER, "--tenant-id", TENANT]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["status"]["token"] == "simulator"
    assert done.stderr == ""


async def test_a_run_reaches_a_cluster_without_local_accounts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From the credentials that Azure gives to a first answer of the API server, by way of our own process."""
    monkeypatch.chdir(tmp_path)
    kubernetes = await serve(Clock())
    try:
        kubernetes.kubeconfig(tmp_path / "simulator")
        async with simulated(monkeypatch) as (arm, cloud):
            cloud.kubeconfig = (tmp_path / "simulator").read_bytes()
            cloud.faults.add(AzureFault(fault="local-accounts-off"))
            await run(arm, put_group(), put_cluster())
            surroundings = Surroundings(TARGET, arm.clock, arm=arm)
            surroundings.settle(Plan((), {}, Cost(None, "USD", "")), tmp_path)
            await surroundings.carry_out(action("POST", f"{CLUSTER}/listClusterUserCredential"), Listening())
            written = tmp_path / "kubeconfig"
            assert stat.S_IMODE(written.stat().st_mode) == 0o600
            assert user_of(written.read_text())["exec"]["command"] == sys.executable
            async with await Cluster.connect(written) as cluster:
                assert (await cluster.version())["gitVersion"]
    finally:
        await kubernetes.close()


async def test_clusters_with_local_accounts_keep_their_own_user(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, _):
        await run(arm, put_group(), put_cluster())
        answer = await arm.run(action("POST", f"{CLUSTER}/listClusterUserCredential"), on_status=lambda _: None)
    kubeconfig = base64.b64decode(answer["kubeconfigs"][0]["value"]).decode()
    assert for_us(kubeconfig) == kubeconfig
    assert user_of(kubeconfig) == yaml.safe_load(KUBECONFIG)["users"][0]["user"]
