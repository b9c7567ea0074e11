"""Merge patch, strategic merge patch and JSON patch."""

from typing import Any

import pytest

from tests.simulator.kubernetes.api import JSON, JSON_PATCH, MERGE, STRATEGIC, Api
from tests.simulator.kubernetes.objects import apps, config_map, container, deployment


@pytest.fixture
async def web(api: Api, ns: str) -> str:
    """The path of a Deployment that no controller works on."""
    containers = [
        container("main", env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], args=["x", "y"]),
        container("side", ports=[{"containerPort": 80}, {"containerPort": 81, "protocol": "UDP"}]),
    ]
    body = deployment("web", paused=True)
    body["spec"]["template"]["spec"] |= {
        "containers": containers,
        "tolerations": [{"key": "a", "operator": "Exists"}],
        "nodeSelector": {"disk": "fast"},
    }
    await api.post(apps(ns, "deployments"), body)
    return apps(ns, "deployments/web")


def spec_of(obj: Any) -> Any:
    return obj["spec"]["template"]["spec"]


def by_name(obj: Any) -> dict[str, Any]:
    return {container["name"]: container for container in spec_of(obj)["containers"]}


async def test_merge_patch(api: Api, ns: str) -> None:
    await api.post(f"{ns}/configmaps", config_map("one", {"a": "b"}, x="1", y="2"))
    patch = {"data": {"x": None, "z": "3"}, "metadata": {"labels": {"a": None}, "annotations": {"n": "1"}}}
    patched = await api.patch(f"{ns}/configmaps/one", patch)
    assert patched["data"] == {"y": "2", "z": "3"}
    assert "labels" not in patched["metadata"]
    assert patched["metadata"]["annotations"] == {"n": "1"}


async def test_a_patch_that_changes_nothing_writes_nothing(api: Api, ns: str) -> None:
    made = await api.post(f"{ns}/configmaps", config_map("one", x="1"))
    assert await api.patch(f"{ns}/configmaps/one", {"data": {"x": "1"}}) == made


async def test_patches_can_insist_on_a_version(api: Api, ns: str) -> None:
    await api.post(f"{ns}/configmaps", config_map("one", x="1"))
    patch = {"metadata": {"resourceVersion": "1"}, "data": {"x": "2"}}
    answer = await api.call("PATCH", f"{ns}/configmaps/one", patch, content_type=MERGE)
    assert (answer.code, answer.reason) == (409, "Conflict")


async def test_merge_patch_replaces_lists(api: Api, web: str) -> None:
    patch = {"spec": {"template": {"spec": {"containers": [container("other")]}}}}
    assert list(by_name(await api.patch(web, patch))) == ["other"]


async def test_strategic_merge_knows_the_keys_of_lists(api: Api, web: str) -> None:
    patch = {
        "spec": {
            "template": {
                "spec": {
                    "containers": [
                        {"name": "main", "image": "example.com/image:2", "env": [{"name": "B", "value": "3"}]},
                        container("third"),
                    ],
                    "nodeSelector": {"zone": "1"},
                    "tolerations": [{"key": "b", "operator": "Exists"}],
                }
            }
        }
    }
    patched = await api.patch(web, patch, STRATEGIC)
    containers = by_name(patched)
    assert set(containers) == {"main", "side", "third"}
    assert containers["main"]["image"] == "example.com/image:2"
    assert {env["name"]: env["value"] for env in containers["main"]["env"]} == {"A": "1", "B": "3"}
    assert containers["main"]["args"] == ["x", "y"]
    assert spec_of(patched)["nodeSelector"] == {"disk": "fast", "zone": "1"}
    assert spec_of(patched)["tolerations"] == [{"key": "b", "operator": "Exists"}]


async def test_strategic_merge_deletes_and_replaces(api: Api, web: str) -> None:
    side = {"name": "side", "ports": [{"containerPort": 80, "$patch": "delete"}]}
    main = {"name": "main", "env": [{"$patch": "replace"}, {"name": "C", "value": "4"}]}
    patch = {
        "spec": {"template": {"spec": {"containers": [side, main], "nodeSelector": {"$patch": "replace", "x": "y"}}}}
    }
    patched = await api.patch(web, patch, STRATEGIC)
    assert [port["containerPort"] for port in by_name(patched)["side"]["ports"]] == [81]
    assert by_name(patched)["main"]["env"] == [{"name": "C", "value": "4"}]
    assert spec_of(patched)["nodeSelector"] == {"x": "y"}
    patch = {"spec": {"template": {"spec": {"containers": [{"name": "side", "$patch": "delete"}]}}}}
    assert list(by_name(await api.patch(web, patch, STRATEGIC))) == ["main"]


async def test_strategic_merge_orders(api: Api, web: str) -> None:
    patch = {"spec": {"template": {"spec": {"$setElementOrder/containers": [{"name": "side"}, {"name": "main"}]}}}}
    assert list(by_name(await api.patch(web, patch, STRATEGIC))) == ["side", "main"]


async def test_strategic_merge_keeps_only_the_keys_of_a_strategy(api: Api, web: str) -> None:
    patch = {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}}
    assert (await api.patch(web, patch, STRATEGIC))["spec"]["strategy"] == {"type": "Recreate"}


async def test_strategic_merge_of_plain_lists(api: Api, ns: str) -> None:
    body = config_map("one")
    body["metadata"]["finalizers"] = ["example.com/a", "example.com/b"]
    await api.post(f"{ns}/configmaps", body)
    path = f"{ns}/configmaps/one"
    patched = await api.patch(path, {"metadata": {"finalizers": ["example.com/c"]}}, STRATEGIC)
    assert sorted(patched["metadata"]["finalizers"]) == ["example.com/a", "example.com/b", "example.com/c"]
    patch = {"metadata": {"$deleteFromPrimitiveList/finalizers": ["example.com/a", "example.com/b"]}}
    assert (await api.patch(path, patch, STRATEGIC))["metadata"]["finalizers"] == ["example.com/c"]
    await api.patch(path, {"metadata": {"finalizers": None}})


async def test_json_patch(api: Api, ns: str) -> None:
    await api.post(f"{ns}/configmaps", config_map("one", x="1", y="2"))
    path = f"{ns}/configmaps/one"
    operations = [
        {"op": "test", "path": "/data/x", "value": "1"},
        {"op": "replace", "path": "/data/x", "value": "3"},
        {"op": "move", "from": "/data/y", "path": "/data/z"},
        {"op": "copy", "from": "/data/z", "path": "/data/w"},
        {"op": "add", "path": "/metadata/labels", "value": {"n": "m"}},
        {"op": "add", "path": "/metadata/labels/example.com~1a", "value": "b"},
    ]
    patched = await api.patch(path, operations, JSON_PATCH)
    assert patched["data"] == {"x": "3", "z": "2", "w": "2"}
    assert patched["metadata"]["labels"] == {"n": "m", "example.com/a": "b"}
    patched = await api.patch(path, [{"op": "remove", "path": "/data/w"}], JSON_PATCH)
    assert "w" not in patched["data"]


async def test_json_patch_of_lists(api: Api, web: str) -> None:
    args = "/spec/template/spec/containers/0/args"
    operations = [
        {"op": "add", "path": f"{args}/-", "value": "z"},
        {"op": "add", "path": f"{args}/0", "value": "w"},
        {"op": "remove", "path": f"{args}/1"},
    ]
    assert by_name(await api.patch(web, operations, JSON_PATCH))["main"]["args"] == ["w", "y", "z"]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "test", "path": "/data/x", "value": "2"},
        {"op": "remove", "path": "/data/none"},
        {"op": "add", "path": "/none/deep", "value": "1"},
    ],
)
async def test_json_patch_that_does_not_apply(api: Api, ns: str, operation: object) -> None:
    await api.post(f"{ns}/configmaps", config_map("one", x="1"))
    answer = await api.call("PATCH", f"{ns}/configmaps/one", [operation], content_type=JSON_PATCH)
    assert (answer.code, answer.reason) == (422, "Invalid")
    assert answer.message == "the server rejected our request due to an error in our request"


async def test_other_kinds_of_patches(api: Api, ns: str) -> None:
    await api.post(f"{ns}/configmaps", config_map("one", x="1"))
    answer = await api.call("PATCH", f"{ns}/configmaps/one", {}, content_type=JSON)
    assert (answer.code, answer.reason) == (415, "UnsupportedMediaType")


async def test_what_a_patch_makes_must_be_valid(api: Api, ns: str, web: str) -> None:
    answer = await api.call("PATCH", web, {"spec": {"replicas": "many"}}, content_type=MERGE)
    assert answer.code in (400, 422)
    answer = await api.call("PATCH", web, {"spec": {"selector": {"matchLabels": {"app": "x"}}}}, content_type=MERGE)
    assert (answer.code, answer.reason) == (422, "Invalid")
    assert "field is immutable" in answer.message
    answer = await api.call("PATCH", web, {"spec": {"replcas": 1}}, content_type=MERGE, fieldValidation="Strict")
    assert 'unknown field "spec.replcas"' in answer.message
    assert answer.code in (400, 422)
