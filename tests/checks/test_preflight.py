"""What can be known before anything is changed."""

import json
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from llmd_tui.config.model import Pool
from llmd_tui.objects import Object
from llmd_tui.plan.actions import Helm
from llmd_tui.plan.taints import tolerations
from tests.checks.town import NAMESPACE, Town, judged, namespaced
from tests.rollout.made import daemonset, node

GPU_OPERATOR = Helm("gpu-operator", "gpu-operator", "gpu-operator", "gpu-operator", None, "v26.3.3", {"a": 1})
NETWORK_OPERATOR = Helm("network-operator", "network-operator", "network-operator", "network-operator", None, "26.4.1")
ND = "Standard_ND96isr_H100_v5"


@pytest.fixture
def helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A helm that knows the releases that it is given: by name, chart, version and status, with values {"a": 1}."""

    def install(version: str = "v4.3.1", **releases: dict[str, Any]) -> None:
        script = tmp_path / "helm.py"
        script.write_text(
            "import json, sys\n"
            f"releases = json.loads({json.dumps(json.dumps(releases))})\n"
            "words = [word for word in sys.argv[1:] if not word.startswith('-')]\n"
            f"if words[0] == 'version': print({version!r}); sys.exit()\n"
            "found = releases.get(words[2].replace('-', '_'))\n"
            "if not found: sys.exit('Error: release: not found')\n"
            "print(json.dumps({'a': 1} if words[1] == 'values' else found))\n"
        )
        monkeypatch.setenv("LLMD_TUI_HELM", f"{shlex.quote(sys.executable)} {shlex.quote(str(script))}")

    return install


def release(chart: str = "gpu-operator", version: str = "v26.3.3", status: str = "deployed") -> dict[str, Any]:
    return {"chart": chart, "version": version, "revision": 1, "status": status}


@pytest.mark.parametrize(("version", "result"), [("v4.3.1", "pass"), ("v3.18.4", "pass"), ("v3.7.0", "fail")])
async def test_helm(tmp_path: Path, helm: Any, version: str, result: str) -> None:
    helm(version)
    assert (await judged(tmp_path, Town([]), "helm")).result == result


async def test_no_helm_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    line = await judged(tmp_path, Town([]), "helm")
    assert (line.result, "cannot be run" in line.evidence, "Install Helm" in line.remedy) == ("fail", True, True)


@pytest.mark.parametrize(
    ("found", "result", "told"),
    [
        (release(), "pass", "gpu-operator v26.3.3"),
        (release(version="v25.1.0"), "fail", "at v25.1.0, v26.3.3 was planned"),
        (release(status="pending-upgrade"), "fail", "gpu-operator is pending-upgrade"),
        (None, "fail", "not installed in gpu-operator"),
    ],
)
async def test_releases(tmp_path: Path, helm: Any, found: dict[str, Any] | None, result: str, told: str) -> None:
    helm(**({"gpu_operator": found} if found else {}))
    line = await judged(tmp_path, Town([]), "releases", releases=(GPU_OPERATOR,))
    assert (line.result, told in line.evidence) == (result, True), line


async def test_other_values_are_not_as_planned(tmp_path: Path, helm: Any) -> None:
    helm(network_operator=release("network-operator", "26.4.1"))
    line = await judged(tmp_path, Town([]), "releases", releases=(NETWORK_OPERATOR,))
    assert (line.result, "other values" in line.evidence) == ("fail", True)


@pytest.mark.parametrize(
    ("token", "gated", "result"),
    [
        ("", False, "pass"),
        ("", True, "fail"),
        ("env:HF_TOKEN", True, "pass"),
        ("env:NOT_SET", False, "fail"),
        ("secret:there", False, "pass"),
        ("secret:missing", False, "fail"),
    ],
)
async def test_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, token: str, gated: bool, result: str) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_canary")
    town = Town([namespaced("Secret", "there")])
    name = token.partition(":")[2]
    line = await judged(tmp_path, town, "hugging-face-token", token=token, gated=gated, token_secret=name)
    assert line.result == result, line
    assert "hf_canary" not in str(line)


async def test_the_cluster_answers(tmp_path: Path) -> None:
    line = await judged(tmp_path, Town([]), "cluster-reachable")
    assert (line.result, "v1.35.4" in line.evidence) == ("pass", True)


@pytest.mark.parametrize(
    ("denied", "result"),
    [(set[str](), "pass"), ({"daemonsets"}, "fail"), ({"pods/exec"}, "warn"), ({"pods/exec", "nodes"}, "fail")],
)
async def test_permissions(tmp_path: Path, denied: set[str], result: str) -> None:
    line = await judged(tmp_path, Town([], denied=frozenset(denied)), "permissions")
    assert line.result == result
    assert all(resource in line.evidence for resource in denied)


def labelled(name: str, **labels: str) -> Object:
    made = node(name)
    made["metadata"]["labels"] = {"node.kubernetes.io/instance-type": ND, **labels}
    return made


@pytest.mark.parametrize(
    ("nodes", "result", "told"),
    [
        ([labelled("a", sku="gpu"), labelled("b", sku="gpu")], "pass", "2 nodes labelled sku=gpu"),
        ([labelled("a", sku="gpu"), labelled("b")], "fail", "b not labelled"),
        ([], "fail", "0 nodes labelled"),
        ([node("a"), node("b", ready=False)], "warn", "b not Ready"),
        (
            [
                labelled("a", sku="gpu"),
                {
                    **node("b"),
                    "metadata": {"name": "b", "labels": {"sku": "gpu", "node.kubernetes.io/instance-type": "other"}},
                },
            ],
            "warn",
            "the plan is for",
        ),
    ],
)
async def test_gpu_nodes(tmp_path: Path, nodes: list[Object], result: str, told: str) -> None:
    line = await judged(tmp_path, Town(nodes), "gpu-nodes")
    assert (line.result, told in line.evidence) == (result, True), line
    assert "b not labelled" not in told or line.remedy == "`kubectl label node b sku=gpu`"


@pytest.mark.parametrize(
    ("taints", "result"),
    [
        ([], "pass"),
        ([{"key": "sku", "value": "gpu", "effect": "NoSchedule"}], "pass"),
        ([{"key": "node.kubernetes.io/not-ready", "effect": "NoSchedule"}], "pass"),
        ([{"key": "team", "value": "ml", "effect": "NoExecute"}], "fail"),
    ],
)
async def test_taints_of_the_gpu_nodes(tmp_path: Path, taints: list[Object], result: str) -> None:
    nodes = [labelled(name, sku="gpu") for name in ("a", "b")]
    nodes[1]["spec"] = {"taints": taints}
    known = tuple(tolerations(Pool(size=ND)))
    line = await judged(tmp_path, Town(nodes), "gpu-nodes", tolerations=known)
    assert line.result == result, line
    assert result == "pass" or "Name it in pool.taints (team=ml:NoExecute)" in line.remedy
    said = await judged(
        tmp_path, Town(nodes), "gpu-nodes", tolerations=tuple(tolerations(Pool(size=ND, taints=["team=ml:NoExecute"])))
    )
    assert said.result == "pass"


NFD = {"app.kubernetes.io/name": "node-feature-discovery"}
POLICY: Object = {"kind": "ClusterPolicy", "metadata": {"name": "cluster-policy"}}
NIC_POLICY: Object = {"kind": "NicClusterPolicy", "metadata": {"name": "nic-cluster-policy"}}
OURS = {"labels": {"app.kubernetes.io/managed-by": "llmd-tui"}}
BOTH = {"gpu_operator": release(), "network_operator": release("network-operator", "26.4.1")}


@pytest.mark.parametrize(
    ("releases", "objects", "told"),
    [
        ({}, [], ""),
        (BOTH, [daemonset("w", {}, labels=NFD, namespace="network-operator"), POLICY], ""),
        (BOTH, [{**NIC_POLICY, "metadata": {**NIC_POLICY["metadata"], **OURS}}], ""),
        ({}, [daemonset("w", {}, labels=NFD, namespace="nfd")], "another node feature discovery, nfd/w"),
        ({}, [POLICY], "ClusterPolicy cluster-policy of another GPU operator"),
        (BOTH, [NIC_POLICY], "NicClusterPolicy nic-cluster-policy of somebody else"),
        (
            {},
            [daemonset("nvidia-device-plugin-daemonset", {}, namespace="kube-system")],
            "another NVIDIA device plugin",
        ),
        ({"gpu_operator": release("other")}, [], "release gpu-operator in gpu-operator is of chart other"),
    ],
)
async def test_conflicts(tmp_path: Path, helm: Any, releases: Any, objects: list[Object], told: str) -> None:
    helm(**releases)
    line = await judged(tmp_path, Town(objects), "conflicts", releases=(GPU_OPERATOR, NETWORK_OPERATOR))
    assert (line.result, told in line.evidence) == ("fail" if told else "pass", True), line
    assert NAMESPACE not in line.evidence
