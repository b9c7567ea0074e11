"""A machine for the start screen: a login, tools, clusters, files and runs, all of them ours."""

import json
import os
import stat
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import yaml

from llmd_tui.clock import Clock
from llmd_tui.commands.inputs import terms
from llmd_tui.draft.draft import Draft
from llmd_tui.events import RunEnded
from llmd_tui.kube.connection import Cluster
from llmd_tui.plan.make import plan_of
from llmd_tui.plan.output import plan_json
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.journal import Journal
from llmd_tui.simulator.kubernetes import serve
from llmd_tui.simulator.kubernetes.server import KubernetesServer
from tests.snapshots.frozen import Frozen
from tests.snapshots.recording import PRESET
from tests.snapshots.theatre import recording

PROGRAMS = {
    "az": """echo '{{"accessToken": "a.b.c", "expires_on": {expires}, "tokenType": "Bearer"}}'""",
    "helm": "echo v3.19.2",
    "kubectl": """echo '{{"clientVersion": {{"gitVersion": "v1.35.1"}}}}'""",
}
PROFILE = {
    "subscriptions": [
        {
            "id": "6b0c7f5e-0000-4000-8000-000000000001",
            "name": "contoso-ml",
            "isDefault": True,
            "tenantDefaultDomain": "contoso.com",
            "user": {"name": "ana@contoso.com"},
        }
    ]
}
ANSWERS = """\
apiVersion: llmd-tui/v1
target:
  azure: {subscription: contoso-ml, resourceGroup: rg-llmd, region: eastus2, cluster: llmd-h100}
pool: {size: Standard_ND96isr_H100_v5, nodes: 2}
path: {name: pd-disaggregation}
"""
HOUR = 3600.0


def bare(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Nobody is signed in, and no program is there."""
    (folder / "bin").mkdir()
    (folder / "work").mkdir()
    monkeypatch.chdir(folder / "work")
    monkeypatch.setenv("PATH", str(folder / "bin"))
    monkeypatch.setenv("KUBECONFIG", "~/.kube/config")
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(folder / "azure"))
    monkeypatch.delenv("HF_TOKEN")


@asynccontextmanager
async def furnished(monkeypatch: pytest.MonkeyPatch, frozen: Frozen, folder: Path) -> AsyncGenerator[None]:
    """A login, two clusters of which one answers, an answers file, and a run that was left."""
    bare(monkeypatch, folder)
    monkeypatch.setenv("KUBECONFIG", str(folder / "kubeconfig"))
    monkeypatch.setenv("HF_TOKEN", "hf_simulated")
    for name, script in PROGRAMS.items():
        program = folder / "bin" / name
        program.write_text(f"#!/bin/sh\n{script.format(expires=int(frozen.time() + 1.2 * HOUR))}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    (folder / "azure").mkdir()
    (folder / "azure" / "azureProfile.json").write_text(json.dumps(PROFILE), encoding="utf-8-sig")
    file = folder / "work" / "llmd-h100.yaml"
    file.write_text(ANSWERS)
    _age(file, frozen, 52 * HOUR)
    _leave_a_run(frozen)
    server = await serve(Clock())
    try:
        await _clusters(server, folder / "kubeconfig")
        yield
    finally:
        await server.close()


def _leave_a_run(frozen: Frozen) -> None:
    draft, events = Draft.begin(preset=PRESET), recording("smooth").until("building")
    choice, whole = draft.choice(), draft.whole()
    asked = terms(whole.config(), simulate=None, speed=1, skipped={})
    directory = RunDirectory.create(asked, whole.text, plan_json(plan_of(choice)))
    journal = Journal(directory)
    last = events[-1].at
    for event in (*events, RunEnded(last, directory.id, "interrupted", last - events[0].at)):
        journal.write(event)
    journal.close()
    directory.unlock()
    _age(directory.journal, frozen, 2 * HOUR)
    _age(directory.answers, frozen, 3 * HOUR)


def _age(path: Path, frozen: Frozen, seconds: float) -> None:
    at = frozen.time() - seconds
    os.utime(path, (at, at))


async def _clusters(server: KubernetesServer, file: Path) -> None:
    """One answers, at the other's address nobody listens."""
    _kubeconfig(server, file)
    async with await Cluster.connect(file) as cluster:
        for number in range(2):
            node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": f"aks-gpu-{number}"}}
            await cluster.create({**node, "status": {"capacity": {"nvidia.com/gpu": "8"}}})


def _kubeconfig(server: KubernetesServer, file: Path) -> None:
    server.kubeconfig(file)
    said = yaml.safe_load(file.read_text())
    said["clusters"].append({"name": "gone", "cluster": {"server": "http://127.0.0.1:9"}})
    said["contexts"][0]["name"] = said["current-context"] = "aks-team-a"
    said["contexts"].append({"name": "aks-team-b", "context": {"cluster": "gone", "user": ""}})
    file.write_text(yaml.safe_dump(said))
