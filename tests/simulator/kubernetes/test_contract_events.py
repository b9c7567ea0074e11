"""Events, in both of their versions."""

from typing import Any

from tests.simulator.kubernetes.api import TABLE, Api
from tests.simulator.kubernetes.objects import in_group

AGO = "2001-01-01T00:00:00Z"


def event(ns: str, name: str, about: str, **fields: Any) -> dict[str, Any]:
    involved = {
        "kind": "Pod",
        "name": about,
        "namespace": ns.rpartition("/")[2],
        "uid": f"uid-{about}",
        "apiVersion": "v1",
    }
    times = {"firstTimestamp": AGO, "lastTimestamp": AGO, "count": 3, "source": {"component": "kubelet", "host": "n1"}}
    return {
        "metadata": {"name": name},
        "involvedObject": involved,
        "type": "Normal",
        "reason": "Pulled",
        "message": "Image pulled",
    } | times | fields  # fmt: skip


async def test_events_are_found_by_what_they_are_about(api: Api, ns: str) -> None:
    await api.post(f"{ns}/events", event(ns, "one", "a"))
    await api.post(f"{ns}/events", event(ns, "two", "b", type="Warning", reason="BackOff"))
    for selector, expected in {
        "involvedObject.name=a": ["one"],
        "involvedObject.kind=Pod,involvedObject.uid=uid-b": ["two"],
        "type=Warning": ["two"],
        "reason!=BackOff": ["one"],
        "source=kubelet,involvedObject.namespace=" + ns.rpartition("/")[2]: ["one", "two"],
    }.items():
        found = await api.get(f"{ns}/events", fieldSelector=selector)
        assert [item["metadata"]["name"] for item in found["items"]] == expected


async def test_events_as_a_table(api: Api, ns: str) -> None:
    await api.post(f"{ns}/events", event(ns, "one", "a"))
    table = await api.get(f"{ns}/events", accept=TABLE)
    columns = [column["name"] for column in table["columnDefinitions"]]
    row = dict(zip(columns, table["rows"][0]["cells"], strict=True))
    assert row.pop("Last Seen") == row.pop("First Seen") == "25y"
    assert row == {
        "Type": "Normal",
        "Reason": "Pulled",
        "Object": "pod/a",
        "Subobject": "",
        "Source": "kubelet, n1",
        "Message": "Image pulled",
        "Count": 3,
        "Name": "one",
    }


async def test_both_versions_show_the_same_events(api: Api, ns: str) -> None:
    newer = in_group(ns, "events.k8s.io/v1", "events")
    await api.post(f"{ns}/events", event(ns, "old", "a"))
    seen = await api.get(f"{newer}/old")
    assert (seen["apiVersion"], seen["note"], seen["regarding"]["name"]) == ("events.k8s.io/v1", "Image pulled", "a")
    assert (seen["deprecatedCount"], seen["deprecatedSource"]["component"]) == (3, "kubelet")
    body = {
        "metadata": {"name": "new"},
        "regarding": {"kind": "Pod", "name": "b", "namespace": ns.rpartition("/")[2]},
        "eventTime": "2026-01-01T00:00:00.000000Z",
        "reportingController": "example.com/controller",
        "reportingInstance": "controller-0",
        "action": "Binding",
        "type": "Warning",
        "reason": "FailedScheduling",
        "note": "no nodes",
    }
    made = await api.post(newer, body)
    assert made["note"] == "no nodes"
    core = await api.get(f"{ns}/events/new")
    assert (core["message"], core["involvedObject"]["name"], core["reportingComponent"]) == (
        "no nodes",
        "b",
        "example.com/controller",
    )
    assert (core["apiVersion"], core["kind"]) == ("v1", "Event")
    names = [item["metadata"]["name"] for item in (await api.get(newer, fieldSelector="regarding.name=b"))["items"]]
    assert names == ["new"]
    patched = await api.patch(f"{newer}/new", {"metadata": {"labels": {"a": "b"}}})
    assert patched["note"] == "no nodes"
    assert (await api.get(f"{ns}/events/new"))["metadata"]["labels"] == {"a": "b"}
