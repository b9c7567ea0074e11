"""Nodes: counted against what was planned, by condition, by what they really offer."""

from pathlib import Path
from typing import Any

import pytest

from llmd_tui.objects import Object
from tests.checks.town import Town, judged
from tests.rollout.made import node

HOST = {"cpu": "96", "memory": "1946900000Ki", "nvidia.com/gpu": "8", "rdma/ib": "8"}


def two(**second: Any) -> list[Object]:
    changed: dict[str, Any] = {"offers": dict(HOST), **second}
    return [node("gpu-0", offers=dict(HOST)), node("gpu-1", **changed)]


@pytest.mark.parametrize(
    ("version", "result"), [("v1.35.4", "pass"), ("v1.32.9", "warn"), ("v1.28.0", "fail"), ("v1.29.0-rc.1", "warn")]
)
async def test_kubernetes_version(tmp_path: Path, version: str, result: str) -> None:
    line = await judged(tmp_path, Town([], version=version), "kubernetes-version")
    assert line.result == result
    assert version in line.evidence


@pytest.mark.parametrize(
    ("nodes", "result", "told"),
    [
        (two(), "pass", "2 nodes Ready, 2 expected"),
        (two(ready=False), "fail", "gpu-1"),
        (two(ready="Unknown"), "fail", "gpu-1"),
        (two()[:1], "fail", "1 of 2 nodes"),
        (two(labels={"sku": "cpu"}), "fail", "1 of 2 nodes"),
        ([], "fail", "0 of 2 nodes"),
    ],
)
async def test_nodes_are_counted_by_condition(tmp_path: Path, nodes: list[Object], result: str, told: str) -> None:
    line = await judged(tmp_path, Town(nodes), "gpu-nodes-ready")
    assert (line.result, told in line.evidence) == (result, True), line


async def test_a_cordoned_node_is_told(tmp_path: Path) -> None:
    nodes = two()
    nodes[0]["spec"]["unschedulable"] = True
    line = await judged(tmp_path, Town(nodes), "gpu-nodes-ready")
    assert (line.result, "gpu-0 cordoned" in line.evidence) == ("warn", True)


@pytest.mark.parametrize(
    ("offers", "result", "told"),
    [
        ({}, "pass", "nvidia.com/gpu 8 on each of 2 nodes"),
        ({"nvidia.com/gpu": "7"}, "fail", "offers 7"),
        ({"nvidia.com/gpu": "0"}, "fail", "offers 0"),
        ({"nvidia.com/gpu": None}, "fail", "not registered yet"),
        ({"nvidia.com/gpu": "32"}, "warn", "gpu-1 offers 32, the size has 8"),
    ],
)
async def test_gpus_are_those_of_the_size(tmp_path: Path, offers: Any, result: str, told: str) -> None:
    line = await judged(tmp_path, Town(two(offers={**HOST, **offers})), "gpu-allocatable")
    assert (line.result, told in line.evidence) == (result, True), line


async def test_a_node_that_is_missing_is_not_forgotten(tmp_path: Path) -> None:
    line = await judged(tmp_path, Town(two()[:1]), "gpu-allocatable")
    assert line.result == "fail"


@pytest.mark.parametrize(("offered", "result"), [("8", "pass"), ("63", "pass"), ("0", "fail"), (None, "fail")])
async def test_infiniband_is_offered(tmp_path: Path, offered: str | None, result: str) -> None:
    assert (await judged(tmp_path, Town(two(offers={**HOST, "rdma/ib": offered})), "rdma-allocatable")).result == result


async def test_sick_devices_are_no_pass(tmp_path: Path) -> None:
    nodes = two()
    nodes[1]["status"]["capacity"] = {**HOST, "rdma/ib": "16"}
    line = await judged(tmp_path, Town(nodes), "rdma-allocatable")
    assert (line.result, "gpu-1: unhealthy" in line.evidence) == ("fail", True)


async def test_infiniband_as_devices(tmp_path: Path) -> None:
    pool = {"generation": 1, "resourceSliceCount": 1}
    slices: list[Object] = [
        {
            "kind": "ResourceSlice",
            "metadata": {"name": name},
            "spec": {
                "driver": "dra.net",
                "nodeName": name,
                "pool": {**pool, "name": name},
                "devices": [{"name": "mlx5-0"}],
            },
        }
        for name in ("gpu-0", "gpu-1")
    ]
    assert (await judged(tmp_path, Town(two() + slices), "rdma-allocatable", rdma_resource="")).result == "pass"
    line = await judged(tmp_path, Town(two() + slices[:1]), "rdma-allocatable", rdma_resource="")
    assert (line.result, "gpu-1" in line.evidence) == ("fail", True)


@pytest.mark.parametrize(
    ("cpu", "memory", "result"), [("96", "1946900000Ki", "pass"), ("24", "220Gi", "warn"), ("96", "220Gi", "warn")]
)
async def test_small_hosts_are_told_not_refused(tmp_path: Path, cpu: str, memory: str, result: str) -> None:
    line = await judged(tmp_path, Town(two(offers={"cpu": cpu, "memory": memory})), "host-size")
    assert line.result == result
    assert result == "pass" or "80 cores and 500 GiB" in line.evidence


async def test_what_one_may_not_see_is_no_pass(tmp_path: Path) -> None:
    line = await judged(tmp_path, Town(two(), forbidden=frozenset({"Node"})), "gpu-allocatable")
    assert (line.result, "you may not look" in line.evidence) == ("skipped", True)
