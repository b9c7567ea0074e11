"""The way of a request, looked at piece by piece."""

from pathlib import Path
from typing import Any

import pytest

from llmd_tui.objects import Object
from tests.checks.town import (
    NAMESPACE,
    POOL_LABELS,
    Town,
    deployment,
    judged,
    namespaced,
    picker,
    pool,
    server,
    service,
)
from tests.rollout.made import node

NODES = [node("gpu-0"), node("gpu-1")]


async def test_model_servers_are_counted_by_role(tmp_path: Path) -> None:
    town = Town([*NODES, server("a"), server("b", on="gpu-1")])
    line = await judged(tmp_path, town, "model-servers")
    assert (line.result, line.evidence) == ("pass", "decode: 2 of 2 pods Ready")


@pytest.mark.parametrize(
    "pods",
    [
        [server("a")],
        [server("a"), server("b", ready=False)],
        [server("a"), server("b", on="gone")],
        [
            server("a"),
            {**server("b"), "metadata": {**server("b")["metadata"], "deletionTimestamp": "2026-11-21T12:00:30Z"}},
        ],
    ],
)
async def test_running_is_not_enough(tmp_path: Path, pods: list[Object]) -> None:
    line = await judged(tmp_path, Town([*NODES, *pods]), "model-servers")
    assert (line.result, "1 of 2 pods" in line.evidence) == ("fail", True), line


async def test_containers_ready_on_a_silent_node_do_not_count(tmp_path: Path) -> None:
    """As recorded: `1/1 Running` in kubectl's table, and not one endpoint."""
    nodes = [node("gpu-0"), node("gpu-1", ready="Unknown")]
    pods = [server("a"), server("b", on="gpu-1")]
    assert (await judged(tmp_path, Town([*nodes, *pods]), "model-servers")).result == "fail"


@pytest.mark.parametrize(
    ("objects", "result", "told"),
    [
        ([deployment(), pool(), server("a")], "pass", "the pool selects 1 Ready pod"),
        ([deployment(0), pool(), server("a")], "fail", "0 of 1 pod"),
        ([deployment(), server("a")], "fail", "no InferencePool"),
        ([deployment(), pool(), server("a", labels={"other": ""})], "fail", "selects no Ready pod"),
        ([deployment(), pool(), server("a", ready=False)], "fail", "selects no Ready pod"),
        ([pool(), server("a")], "fail", "not there"),
        (
            [deployment(), pool(parents=[{"conditions": [{"type": "Accepted", "status": "False", "reason": "No"}]}])],
            "fail",
            "Accepted is False: No",
        ),
    ],
)
async def test_endpoint_picker(tmp_path: Path, objects: list[Object], result: str, told: str) -> None:
    line = await judged(tmp_path, Town([*NODES, *objects]), "endpoint-picker")
    assert (line.result, told in line.evidence) == (result, True), line


@pytest.mark.parametrize(
    ("objects", "result", "told"),
    [
        ([service(), picker()], "pass", "demo-epp:80 leads to 1 Ready pod"),
        ([service(), picker(ready=False)], "fail", "leads to no Ready pod"),
        ([picker()], "fail", "no Service demo-epp"),
        ([{**service(), "spec": {"ports": [{"port": 9002}]}}, picker()], "fail", "no port 80"),
    ],
)
async def test_service(tmp_path: Path, objects: list[Object], result: str, told: str) -> None:
    line = await judged(tmp_path, Town([*NODES, *objects]), "services")
    assert (line.result, told in line.evidence) == (result, True), line


def gateway(programmed: str = "True", *addresses: str) -> Object:
    conditions = [{"type": kind, "status": programmed, "observedGeneration": 1} for kind in ("Accepted", "Programmed")]
    return namespaced(
        "Gateway", "g", status={"conditions": conditions, "addresses": [{"value": value} for value in addresses]}
    )


@pytest.mark.parametrize(
    ("objects", "result"),
    [([gateway("True", "10.0.0.1")], "pass"), ([gateway("True")], "fail"), ([gateway("False")], "fail"), ([], "fail")],
)
async def test_gateway(tmp_path: Path, objects: list[Object], result: str) -> None:
    assert (await judged(tmp_path, Town(objects), "gateway-programmed", gateway="g")).result == result


@pytest.mark.parametrize(("resolved", "result"), [("True", "pass"), ("False", "fail"), (None, "fail")])
async def test_route(tmp_path: Path, resolved: str | None, result: str) -> None:
    conditions = [{"type": "Accepted", "status": "True"}]
    conditions += [{"type": "ResolvedRefs", "status": resolved}] if resolved else []
    route = namespaced(
        "HTTPRoute",
        "demo",
        spec={"parentRefs": [{"name": "g"}]},
        status={"parents": [{"parentRef": {"name": "g"}, "conditions": conditions}]},
    )
    assert (await judged(tmp_path, Town([route]), "route-accepted")).result == result


def monitor(kind: str, labels: dict[str, str], port: str) -> Object:
    key = "podMetricsEndpoints" if kind == "PodMonitor" else "endpoints"
    return namespaced(kind, f"{kind.lower()}-{port}", spec={"selector": {"matchLabels": labels}, key: [{"port": port}]})


@pytest.mark.parametrize(
    ("monitors", "result", "told"),
    [
        ([monitor("PodMonitor", POOL_LABELS, "modelserver")], "pass", "find what they scrape"),
        ([monitor("PodMonitor", POOL_LABELS, "metrics")], "fail", "finds nothing"),
        ([monitor("PodMonitor", {"a": "b"}, "modelserver")], "fail", "finds nothing"),
        ([monitor("ServiceMonitor", {}, "http")], "pass", "ServiceMonitor"),
        ([monitor("ServiceMonitor", {}, "http"), monitor("PodMonitor", {"a": "b"}, "x")], "fail", "PodMonitor"),
        ([], "fail", f"nothing in {NAMESPACE} is scraped"),
    ],
)
async def test_monitors(tmp_path: Path, monitors: Any, result: str, told: str) -> None:
    line = await judged(tmp_path, Town([*NODES, server("a"), service(), *monitors]), "monitors")
    assert (line.result, told in line.evidence) == (result, True), line
