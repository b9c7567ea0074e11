"""Watching."""

from typing import Any

from tests.simulator.kubernetes.api import METADATA, TABLE, Api
from tests.simulator.kubernetes.objects import config_map


def told(event: tuple[str, Any]) -> tuple[str, str]:
    return event[0], event[1]["metadata"]["name"]


async def version(api: Api, path: str) -> str:
    return (await api.get(path))["metadata"]["resourceVersion"]


async def test_changes_come_in_order(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps"
    async with api.watch(path, resourceVersion=await version(api, path)) as events:
        made = await api.post(path, config_map("one", x="1"))
        assert await events.next() == ("ADDED", made)
        changed = await api.patch(f"{path}/one", {"data": {"x": "2"}})
        assert await events.next() == ("MODIFIED", changed)
        await api.delete(f"{path}/one")
        kind, gone = await events.next()
        assert (kind, gone["data"]) == ("DELETED", {"x": "2"})
        assert int(gone["metadata"]["resourceVersion"]) > int(changed["metadata"]["resourceVersion"])


async def test_what_was_missed_is_told_again(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps"
    before = await version(api, path)
    await api.post(path, config_map("one"))
    await api.delete(f"{path}/one")
    await api.post(path, config_map("two"))
    async with api.watch(path, resourceVersion=before) as events:
        assert [told(await events.next()) for _ in range(3)] == [("ADDED", "one"), ("DELETED", "one"), ("ADDED", "two")]


async def test_a_watch_without_a_version_begins_with_what_is_there(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps"
    await api.post(path, config_map("one", {"of": "test"}))
    for query in ({}, {"resourceVersion": "0"}):
        async with api.watch(path, labelSelector="of", **query) as events:
            assert told(await events.next()) == ("ADDED", "one")
            name = f"next{len(query)}"
            await api.post(path, config_map(name, {"of": "test"}))
            assert told(await events.next()) == ("ADDED", name)
            await api.delete(f"{path}/{name}")


async def test_selected_objects_come_and_go(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps"
    before = await version(api, path)
    async with api.watch(path, resourceVersion=before, labelSelector="colour=red") as events:
        await api.post(path, config_map("one", {"colour": "blue"}))
        painted = await api.patch(f"{path}/one", {"metadata": {"labels": {"colour": "red"}}})
        assert await events.next() == ("ADDED", painted)
        painted = await api.patch(f"{path}/one", {"metadata": {"labels": {"colour": "green"}}})
        kind, gone = await events.next()
        assert (kind, gone["metadata"]["labels"]) == ("DELETED", {"colour": "red"})
        assert gone["metadata"]["resourceVersion"] == painted["metadata"]["resourceVersion"]


async def test_one_object_and_all_namespaces(api: Api, ns: str) -> None:
    path, everywhere = f"{ns}/configmaps", "/api/v1/configmaps"
    query = {"resourceVersion": await version(api, path), "fieldSelector": "metadata.name=one"}
    async with (
        api.watch(path, **query) as events,
        api.watch(everywhere, **query, labelSelector="of=" + ns[-8:]) as all_of_them,
    ):
        await api.post(path, config_map("other", {"of": ns[-8:]}))
        await api.post(path, config_map("one", {"of": ns[-8:]}))
        assert told(await events.next()) == told(await all_of_them.next()) == ("ADDED", "one")


async def test_bookmarks_before_the_end(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps"
    before = await version(api, path)
    query = {"resourceVersion": before, "allowWatchBookmarks": "true", "timeoutSeconds": "3"}
    async with api.watch(path, labelSelector="of=nothing", **query) as events:
        await api.post(path, config_map("one"))
        told_of = await events.rest()
    assert {kind for kind, _ in told_of} == {"BOOKMARK"}
    _, obj = told_of[-1]
    assert (obj["kind"], obj["apiVersion"]) == ("ConfigMap", "v1")
    assert int(obj["metadata"]["resourceVersion"]) >= int(before)


async def test_no_bookmarks_for_those_who_did_not_ask(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps"
    async with api.watch(path, resourceVersion=await version(api, path), timeoutSeconds="1") as events:
        assert await events.ended()


async def test_a_list_by_watching(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps"
    await api.post(path, config_map("one", {"of": "test"}))
    query = {"sendInitialEvents": "true", "resourceVersionMatch": "NotOlderThan", "allowWatchBookmarks": "true"}
    async with api.watch(path, labelSelector="of", **query) as events:
        assert told(await events.next()) == ("ADDED", "one")
        kind, obj = await events.next()
        assert (kind, obj["metadata"]["annotations"]) == ("BOOKMARK", {"k8s.io/initial-events-end": "true"})
        await api.post(path, config_map("two", {"of": "test"}))
        assert told(await events.next()) == ("ADDED", "two")
    answer = await api.call("GET", path, watch="true", sendInitialEvents="true")
    assert (answer.code, answer.reason) == (422, "Invalid")


async def test_metadata_alone(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps"
    async with api.watch(path, accept=METADATA, resourceVersion=await version(api, path)) as events:
        await api.post(path, config_map("one", x="1"))
        kind, obj = await events.next()
        assert (kind, obj["kind"], set(obj)) == ("ADDED", "PartialObjectMetadata", {"kind", "apiVersion", "metadata"})


async def test_tables(api: Api, ns: str) -> None:
    path = f"{ns}/configmaps"
    async with api.watch(path, accept=TABLE, resourceVersion=await version(api, path)) as events:
        await api.post(path, config_map("one", x="1"))
        kind, first = await events.next()
        assert (kind, first["kind"]) == ("ADDED", "Table")
        assert [column["name"] for column in first["columnDefinitions"]] == ["Name", "Data", "Age"]
        (row,) = first["rows"]
        assert row["cells"][:2] == ["one", 1]
        assert row["object"]["metadata"]["name"] == "one"
        await api.patch(f"{path}/one", {"data": {"y": "2"}})
        kind, second = await events.next()
        assert (kind, second["rows"][0]["cells"][:2]) == ("MODIFIED", ["one", 2])
        assert not second["columnDefinitions"]
