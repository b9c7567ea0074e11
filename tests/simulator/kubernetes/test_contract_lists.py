"""Lists: selectors, pages, versions, and the forms in which they come."""

from typing import Any

import pytest

from tests.simulator.kubernetes.api import METADATA, METADATA_LIST, Api
from tests.simulator.kubernetes.objects import config_map, pod

COLOURS = {"a": "red", "b": "red", "c": "blue", "d": "green"}


@pytest.fixture
async def maps(api: Api, ns: str) -> str:
    """ConfigMaps a, b, c and d with colours, and e without. All have the label `of`."""
    for name in "abcde":
        labels = {"of": "test"} | ({"colour": COLOURS[name]} if name in COLOURS else {})
        await api.post(f"{ns}/configmaps", config_map(name, labels))
    return f"{ns}/configmaps"


def names(found: Any) -> str:
    return "".join(item["metadata"]["name"] for item in found["items"])


async def test_a_list_is_sorted_and_says_what_it_is(api: Api, maps: str) -> None:
    found = await api.get(maps, labelSelector="of=test")
    assert (found["kind"], found["apiVersion"], names(found)) == ("ConfigMapList", "v1", "abcde")
    newest = max(int(item["metadata"]["resourceVersion"]) for item in found["items"])
    assert int(found["metadata"]["resourceVersion"]) >= newest
    assert "kind" not in found["items"][0]


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("colour=red", "ab"),
        ("colour==red", "ab"),
        ("colour!=red,of", "cde"),
        ("colour in (red,blue)", "abc"),
        ("colour notin (red, blue),of=test", "de"),
        ("colour,of", "abcd"),
        ("!colour,of", "e"),
        ("colour=red,of=other", ""),
        ("colour in (red),colour notin (blue)", "ab"),
        ("of = test , colour", "abcd"),
    ],
)
async def test_label_selectors(api: Api, maps: str, selector: str, expected: str) -> None:
    assert names(await api.get(maps, labelSelector=selector)) == expected


@pytest.mark.parametrize("selector", ["a==b==c", "a in b", "=x", "a,,b", "a in (b", "a b"])
async def test_what_is_no_label_selector(api: Api, maps: str, selector: str) -> None:
    answer = await api.call("GET", maps, labelSelector=selector)
    assert (answer.code, answer.reason) == (400, "BadRequest")


async def test_field_selectors(api: Api, ns: str, maps: str) -> None:
    assert names(await api.get(maps, fieldSelector="metadata.name=b")) == "b"
    assert names(await api.get(maps, fieldSelector="metadata.name!=b", labelSelector="of")) == "acde"
    namespace = ns.rpartition("/")[2]
    everywhere = await api.get("/api/v1/configmaps", fieldSelector=f"metadata.namespace={namespace},metadata.name=c")
    assert names(everywhere) == "c"
    answer = await api.call("GET", maps, fieldSelector="data.x=1")
    assert (answer.code, answer.message) == (
        400,
        '"data.x" is not a known field selector: only "metadata.name", "metadata.namespace"',
    )


async def test_field_selectors_of_pods(api: Api, ns: str) -> None:
    await api.post(f"{ns}/pods", pod("here", nodeName="n1"))
    await api.post(f"{ns}/pods", pod("there", restartPolicy="Never"))
    assert [i["metadata"]["name"] for i in (await api.get(f"{ns}/pods", fieldSelector="spec.nodeName="))["items"]] == [
        "there"
    ]
    found = await api.get(f"{ns}/pods", fieldSelector="spec.nodeName=n1,status.phase!=Failed")
    assert [item["metadata"]["name"] for item in found["items"]] == ["here"]
    found = await api.get(f"{ns}/pods", fieldSelector="spec.restartPolicy=Never,status.phase=Pending")
    assert [item["metadata"]["name"] for item in found["items"]] == ["there"]
    answer = await api.call("GET", f"{ns}/pods", fieldSelector="spec.colour=red")
    assert (answer.code, answer.message) == (400, "field label not supported: spec.colour")


async def test_pages_show_one_moment(api: Api, maps: str) -> None:
    first = await api.get(maps, limit="2", labelSelector="of")
    assert names(first) == "ab"
    await api.post(maps, config_map("cc", {"of": "test"}))
    await api.delete(f"{maps}/d")
    await api.patch(f"{maps}/c", {"data": {"x": "new"}})
    token = first["metadata"]["continue"]
    second = await api.get(maps, **{"limit": "2", "labelSelector": "of", "continue": token})
    assert names(second) == "cd"
    assert "data" not in second["items"][0]
    last = await api.get(maps, **{"labelSelector": "of", "continue": second["metadata"]["continue"]})
    assert names(last) == "e"
    assert "continue" not in last["metadata"]
    assert first["metadata"]["resourceVersion"] == last["metadata"]["resourceVersion"]


async def test_pages_say_how_many_are_left(api: Api, maps: str) -> None:
    everything = len((await api.get(maps))["items"])
    assert (await api.get(maps, limit="2"))["metadata"]["remainingItemCount"] == everything - 2
    assert "remainingItemCount" not in (await api.get(maps, limit="2", labelSelector="of"))["metadata"]
    assert "continue" not in (await api.get(maps, limit="50"))["metadata"]


async def test_tokens_are_checked(api: Api, maps: str) -> None:
    answer = await api.call("GET", maps, **{"continue": "nonsense"})
    assert (answer.code, answer.reason) == (400, "BadRequest")
    assert "continue key is not valid" in answer.message


async def test_versions_of_lists(api: Api, maps: str) -> None:
    found = await api.get(maps, labelSelector="of")
    version = found["metadata"]["resourceVersion"]
    await api.delete(f"{maps}/a")
    assert names(await api.get(maps, labelSelector="of", resourceVersion=version)) == "bcde"
    exact = await api.get(maps, labelSelector="of", resourceVersion=version, resourceVersionMatch="Exact")
    assert names(exact) == "abcde"
    assert names(await api.get(maps, labelSelector="of", resourceVersion="0")) in ("abcde", "bcde")
    answer = await api.call("GET", maps, resourceVersion="many")
    assert (answer.code, answer.reason) == (400, "BadRequest")
    answer = await api.call("GET", maps, resourceVersion="99999999")
    assert (answer.code, answer.reason) == (504, "Timeout")
    assert answer.message.startswith("Timeout: Too large resource version: 99999999, current: ")
    assert (await api.call("GET", maps, resourceVersionMatch="Exact")).code == 422


async def test_metadata_alone(api: Api, maps: str) -> None:
    found = await api.get(maps, accept=METADATA_LIST, labelSelector="colour=blue")
    assert found["kind"] == "PartialObjectMetadataList"
    (item,) = found["items"]
    assert set(item) == {"kind", "apiVersion", "metadata"}
    assert (item["kind"], item["metadata"]["labels"]["colour"]) == ("PartialObjectMetadata", "blue")
    assert (await api.get(f"{maps}/a", accept=METADATA))["kind"] == "PartialObjectMetadata"


async def test_forms_that_nobody_serves(api: Api, maps: str) -> None:
    answer = await api.call("GET", maps, accept="application/xml")
    assert (answer.code, answer.reason) == (406, "NotAcceptable")
    assert (await api.call("GET", maps, accept="application/xml, */*")).code == 200
