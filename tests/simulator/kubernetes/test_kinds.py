"""The data about built-in kinds and types is what the real API server says of them."""

import json
from typing import Any

import pytest

from llmd_tui.simulator.kubernetes.types import builtin_type
from tests.control_plane import ControlPlane
from tests.simulator.kubernetes.api import Api
from tests.simulator.kubernetes.generate import TYPES, types_of

SAID = ("kind", "singularName", "namespaced", "verbs", "shortNames", "categories", "group", "version")
UNSERVED = {"attach", "ephemeralcontainers", "proxy", "resize"}
"""Subresources of pods, nodes and services that the simulator does not have."""


def rows(found: Any) -> dict[str, dict[str, Any]]:
    return {row["name"]: {key: row[key] for key in SAID if row.get(key)} for row in found["resources"]}


@pytest.mark.cluster
async def test_discovery_says_the_same(control_plane: ControlPlane, simulator: Api) -> None:
    async with Api("real", control_plane.kubeconfig) as real:
        groups: list[Any] = [{"name": ""}, *(await simulator.get("/apis"))["groups"]]
        for group in groups:
            path = "/api/v1" if not group["name"] else f"/apis/{group['preferredVersion']['groupVersion']}"
            simulated, expected = rows(await simulator.get(path)), rows(await real.get(path))
            assert simulated == {name: expected[name] for name in simulated}
            for name in set(expected) - set(simulated):
                plural, _, subresource = name.partition("/")
                assert plural not in simulated or subresource in UNSERVED


@pytest.mark.cluster
async def test_types_are_up_to_date(control_plane: ControlPlane) -> None:
    async with Api("real", control_plane.kubeconfig) as real:
        index = await real.get("/openapi/v3")
        urls = [
            of["serverRelativeURL"] for name, of in index["paths"].items() if name == "api/v1" or name.count("/") == 2
        ]
        documents = [await real.get(url) for url in urls if ".example.com" not in url]
    assert types_of(documents) == json.loads(TYPES.read_text())


def test_types_know_keys_and_strategies() -> None:
    pod = builtin_type("PodSpec")
    containers = pod.properties["containers"]
    assert (containers.list_type, containers.keys, containers.merge_key) == ("map", ("name",), "name")
    assert containers.items
    ports = containers.items.properties["ports"]
    assert (ports.keys, ports.merge_key) == (("containerPort", "protocol"), "containerPort")
    assert not pod.properties["tolerations"].granular
    assert builtin_type("LabelSelector").atomic
    assert builtin_type("DeploymentSpec").properties["strategy"].retain_keys
    assert builtin_type("events.Event", "Event").properties["note"].type == "string"
