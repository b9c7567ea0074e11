"""What the simulator has of its own: its clock, its record, what tests and actors can make it do."""

import asyncio
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from llmd_tui.clock import Clock
from llmd_tui.simulator.kubernetes import serve
from tests.simulator.kubernetes.api import TABLE, Api
from tests.simulator.kubernetes.objects import config_map, pod

MAPS = "/api/v1/namespaces/default/configmaps"


async def test_ages_are_the_clocks(tmp_path: Path) -> None:
    start = time.time() - 60
    server = await serve(Clock(speed=60, start=start))
    server.kubeconfig(tmp_path / "kubeconfig")
    async with Api("simulator", tmp_path / "kubeconfig") as api:
        made = await api.post(MAPS, config_map("one"))
        assert made["metadata"]["creationTimestamp"] >= time.strftime("%FT%TZ", time.gmtime(start + 3600))
        involved = {"kind": "Pod", "name": "x", "namespace": "default"}
        seen = time.strftime("%FT%TZ", time.gmtime(start))
        event = {"metadata": {"name": "e"}, "involvedObject": involved, "lastTimestamp": seen}
        await api.post("/api/v1/namespaces/default/events", event)
        table = await api.get("/api/v1/namespaces/default/events", accept=TABLE)
        assert table["rows"][0]["cells"][0].startswith("6")
        assert table["rows"][0]["cells"][0].endswith("m")
    await server.close()


async def test_the_kubeconfig_is_the_owners(tmp_path: Path) -> None:
    server = await serve(Clock())
    path = tmp_path / "kubeconfig"
    server.kubeconfig(path)
    assert path.stat().st_mode & 0o777 == 0o600
    config = json.loads(path.read_text())
    assert (config["current-context"], config["clusters"][0]["cluster"]["server"]) == ("simulator", server.url)
    await server.close()


async def test_every_request_is_recorded(tmp_path: Path) -> None:
    lines: list[Mapping[str, Any]] = []
    server = await serve(Clock(), record=lines.append)
    server.kubeconfig(tmp_path / "kubeconfig")
    async with Api("simulator", tmp_path / "kubeconfig") as api:
        await api.post(MAPS, config_map("one", a="b"), fieldManager="m")
        async with api.watch(MAPS, resourceVersion="0", timeoutSeconds="100"):
            pass
        await api.call("GET", f"{MAPS}/none")
        secret = {"metadata": {"name": "s"}, "stringData": {"token": "hf_secret"}}
        await api.post("/api/v1/namespaces/default/secrets", secret)
    await server.close()
    created, watched, missing, hidden = lines
    assert {name: created[name] for name in ("method", "path", "query", "type", "agent", "status")} == {
        "method": "POST",
        "path": MAPS,
        "query": {"fieldManager": "m"},
        "type": "application/json",
        "agent": "contract/1",
        "status": 201,
    }
    assert created["body"]["data"] == {"a": "b"}
    assert (watched["method"], watched["query"]["watch"], watched["status"]) == ("GET", "true", 200)
    assert missing["status"] == 404
    assert hidden["body"]["stringData"] == {"token": "REDACTED"}
    assert "hf_secret" not in json.dumps(list(lines))


async def test_forgotten_versions_are_gone(simulator: Api) -> None:
    for name in "abcd":
        await simulator.post(MAPS, config_map(name, {"of": "test"}))
    first = await simulator.get(MAPS, limit="2", labelSelector="of")
    token = first["metadata"]["continue"]
    await simulator.delete(f"{MAPS}/c")
    assert (await simulator.call("POST", "/simulator/compact")).code == 204
    answer = await simulator.call("GET", MAPS, **{"labelSelector": "of", "continue": token})
    assert (answer.code, answer.reason) == (410, "Expired")
    assert answer.message.startswith("The provided continue parameter is too old")
    anyway = answer.body["metadata"]["continue"]
    rest = await simulator.get(MAPS, **{"labelSelector": "of", "continue": anyway})
    assert [item["metadata"]["name"] for item in rest["items"]] == ["d"]
    version = first["metadata"]["resourceVersion"]
    async with simulator.watch(MAPS, resourceVersion=version) as events:
        kind, status = await events.next()
        assert (kind, status["code"], status["reason"]) == ("ERROR", 410, "Expired")
        assert await events.ended()
    answer = await simulator.call("GET", MAPS, resourceVersion=version, resourceVersionMatch="Exact")
    assert answer.code == 410


async def test_closing_ends_the_watches(tmp_path: Path) -> None:
    server = await serve(Clock())
    server.kubeconfig(tmp_path / "kubeconfig")
    async with (
        Api("simulator", tmp_path / "kubeconfig") as api,
        api.watch(MAPS, resourceVersion="0", fieldSelector="metadata.name=none") as events,
    ):
        await server.close()
        assert await events.ended()


async def test_clients_that_leave_are_forgotten(simulator: Api) -> None:
    for _ in range(20):
        async with simulator.watch(MAPS, resourceVersion="0", fieldSelector="metadata.name=none"):
            pass
    await simulator.post(MAPS, config_map("one"))


async def test_many_clients_see_the_same(simulator: Api) -> None:
    before = (await simulator.get("/api/v1/pods"))["metadata"]["resourceVersion"]
    path = "/api/v1/namespaces/default/pods"

    async def follow() -> list[str]:
        async with simulator.watch("/api/v1/pods", resourceVersion=before) as events:
            return [(await events.next())[1]["metadata"]["name"] for _ in range(50)]

    followers = [asyncio.create_task(follow()) for _ in range(5)]
    await asyncio.gather(*(simulator.post(path, pod(f"p{number}")) for number in range(50)))
    seen = await asyncio.gather(*followers)
    assert all(names == seen[0] for names in seen)
    assert len(set(seen[0])) == 50


async def test_yaml_is_spoken(simulator: Api) -> None:
    text = b"metadata: {name: one}\ndata: {a: 'yes', day: '2026-01-01'}\n"
    answer = await simulator.call("POST", MAPS, text, content_type="application/yaml")
    assert answer.body["data"] == {"a": "yes", "day": "2026-01-01"}
    answer = await simulator.call("GET", f"{MAPS}/one", accept="application/yaml")
    assert "day: '2026-01-01'" in answer.body


async def test_logs_are_for_pods_that_are_there(simulator: Api) -> None:
    assert (await simulator.call("POST", "/simulator/logs/default/none/main", b"x\n")).code == 404
    await simulator.post("/api/v1/namespaces/default/pods", pod("one"))
    assert (await simulator.call("POST", "/simulator/logs/default/one/none", b"x\n")).code == 400
    answer = await simulator.call("GET", "/api/v1/namespaces/default/pods/one/log")
    assert answer.message == "pod one does not have a host assigned"
    assert (await simulator.call("GET", "/simulator/nothing")).code == 405
