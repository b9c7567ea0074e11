"""Namespaces and owners: what goes with what."""

from typing import Any

from llmd_tui.objects import Object
from tests.simulator.kubernetes.api import Api
from tests.simulator.kubernetes.objects import config_map


def owned(name: str, *owners: Any, blocks: bool = False) -> Object:
    body = config_map(name)
    body["metadata"]["ownerReferences"] = [
        {
            "apiVersion": owner["apiVersion"],
            "kind": owner["kind"],
            "name": owner["metadata"]["name"],
            "uid": owner["metadata"]["uid"],
            "blockOwnerDeletion": blocks,
        }
        for owner in owners
    ]
    return body


async def test_dependents_go_with_their_owner(api: Api, ns: str) -> None:
    maps = f"{ns}/configmaps"
    owner = await api.post(maps, config_map("owner"))
    child = await api.post(maps, owned("child", owner))
    await api.post(maps, owned("grandchild", child))
    await api.delete(f"{maps}/owner", propagationPolicy="Background")
    await api.gone(f"{maps}/child")
    await api.gone(f"{maps}/grandchild")


async def test_dependents_stay_while_an_owner_lives(api: Api, ns: str) -> None:
    maps = f"{ns}/configmaps"
    first, second = [await api.post(maps, config_map(name)) for name in ("first", "second")]
    await api.post(maps, owned("child", first, second))
    await api.delete(f"{maps}/first")
    left = await api.until(f"{maps}/child", lambda answer: len(answer.body["metadata"]["ownerReferences"]) == 1)
    assert left.body["metadata"]["ownerReferences"][0]["name"] == "second"
    await api.delete(f"{maps}/second")
    await api.gone(f"{maps}/child")


async def test_owners_may_wait_for_their_dependents(api: Api, ns: str) -> None:
    maps = f"{ns}/configmaps"
    owner = await api.post(maps, config_map("owner"))
    child = owned("child", owner, blocks=True)
    child["metadata"]["finalizers"] = ["example.com/hold"]
    await api.post(maps, child)
    going = await api.delete(f"{maps}/owner", propagationPolicy="Foreground")
    assert going["metadata"]["finalizers"] == ["foregroundDeletion"]
    await api.until(f"{maps}/child", lambda answer: "deletionTimestamp" in answer.body["metadata"])
    assert (await api.call("GET", f"{maps}/owner")).code == 200
    await api.patch(f"{maps}/child", {"metadata": {"finalizers": None}})
    await api.gone(f"{maps}/child")
    await api.gone(f"{maps}/owner")


async def test_owners_may_leave_their_dependents(api: Api, ns: str) -> None:
    maps = f"{ns}/configmaps"
    owner = await api.post(maps, config_map("owner"))
    await api.post(maps, owned("child", owner))
    await api.delete(f"{maps}/owner", {"propagationPolicy": "Orphan"})
    await api.gone(f"{maps}/owner")
    left = await api.get(f"{maps}/child")
    assert "ownerReferences" not in left["metadata"]


async def test_what_never_had_an_owner_goes(api: Api, ns: str) -> None:
    nobody = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "nobody", "uid": "0-0"}}
    await api.post(f"{ns}/configmaps", owned("child", nobody))
    await api.gone(f"{ns}/configmaps/child")


async def test_a_namespace_is_furnished(api: Api, ns: str) -> None:
    namespace = await api.get(ns)
    name = namespace["metadata"]["name"]
    assert namespace["metadata"]["labels"] == {"kubernetes.io/metadata.name": name}
    assert (namespace["spec"], namespace["status"]) == ({"finalizers": ["kubernetes"]}, {"phase": "Active"})
    assert (await api.get(f"{ns}/serviceaccounts/default"))["kind"] == "ServiceAccount"
    assert "ca.crt" in (await api.get(f"{ns}/configmaps/kube-root-ca.crt"))["data"]


async def test_a_namespace_goes_with_its_contents(api: Api, ns: str) -> None:
    await api.post(f"{ns}/configmaps", config_map("one"))
    held = config_map("held")
    held["metadata"]["finalizers"] = ["example.com/hold"]
    await api.post(f"{ns}/configmaps", held)
    going = await api.delete(ns)
    assert going["status"]["phase"] == "Terminating"
    assert going["metadata"]["deletionTimestamp"]
    await api.gone(f"{ns}/configmaps/one")
    answer = await api.call("POST", f"{ns}/configmaps", config_map("late"))
    assert (answer.code, answer.reason) == (403, "Forbidden")
    name = ns.rpartition("/")[2]
    assert answer.message == (
        f'configmaps "late" is forbidden: unable to create new content in namespace {name} '
        "because it is being terminated"
    )
    assert answer.body["details"]["causes"][0]["reason"] == "NamespaceTerminating"
    assert (await api.get(ns))["status"]["phase"] == "Terminating"
    await api.patch(f"{ns}/configmaps/held", {"metadata": {"finalizers": None}})
    await api.gone(ns)
