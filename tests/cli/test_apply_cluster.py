"""`apply` as a user calls it, on a real control plane: what can be done there without operators."""

import json
from pathlib import Path
from typing import Any

import pytest

from llmd_tui.kube.connection import Cluster
from tests.answers import KUBECONFIG
from tests.cli.program import Said, llmd_tui, runs_left
from tests.control_plane import CRDS, ControlPlane

pytestmark = pytest.mark.cluster

FOLDERS = {
    "v1.5.1-standard-install.yaml": "gateway-api-v1.5.1",
    "v1.5.0-v1-manifests.yaml": "inference-extension-v1.5.0",
    "v0.11.0-manifests.yaml": "llm-d-router-2026-08-22",
}


@pytest.fixture
def env(control_plane: ControlPlane, tmp_path: Path) -> dict[str, str]:
    """A user's shell: helm, a token, a kubeconfig, copies of the published manifests."""
    helm = control_plane.program("helm")
    if helm is None or not CRDS.is_dir():
        pytest.skip("there is no helm in KUBEBUILDER_ASSETS, or there are no CRDs")
    manifests = tmp_path / "manifests"
    manifests.mkdir()
    for name, folder in FOLDERS.items():
        documents = [path.read_text() for path in sorted((CRDS / folder).glob("*.yaml"))]
        (manifests / name).write_text("\n---\n".join(documents))
    return {
        "KUBECONFIG": str(control_plane.kubeconfig),
        "LLMD_TUI_HELM": str(helm),
        "LLMD_TUI_MANIFESTS": str(manifests),
        "HF_TOKEN": "hf_canary0123456789abcdef",
    }


def events(said: Said) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.out.splitlines()]


async def test_some_phases_then_again(
    control_plane: ControlPlane, cluster: Cluster, env: dict[str, str], namespace: str, tmp_path: Path
) -> None:
    (tmp_path / "answers.yaml").write_text(KUBECONFIG.replace("mine", control_plane.context))
    arguments = ["apply", "-f", "answers.yaml", "--yes", "--set", f"namespace={namespace}"]
    arguments += ["--only", "workspace", "--only", "crds"]
    first = llmd_tui(*arguments, "--output", "json", cwd=tmp_path, env=env)
    assert first.code == 0, first
    assert events(first)[-1]["event"] == "run_ended"
    assert events(first)[-1]["outcome"] == "done"
    assert await cluster.get("v1", "Secret", "llm-d-hf-token", namespace)

    again = llmd_tui(*arguments, cwd=tmp_path, env=env)
    assert again.code == 0, again
    assert "FOUND workspace" in again.out
    assert "FOUND crds" in again.out
    assert "\nDO " not in again.out
    assert len(runs_left()) == 2

    listed = llmd_tui("runs", "--output", "json", cwd=tmp_path, env=env)
    assert [run["outcome"] for run in json.loads(listed.out)["runs"]] == ["done", "done"]
    assert llmd_tui("resume", cwd=tmp_path, env=env).code == 2, "nothing is left to be resumed"
    assert env["HF_TOKEN"] not in first.out + first.err + again.out + again.err
