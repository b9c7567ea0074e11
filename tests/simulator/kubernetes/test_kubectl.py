"""The real kubectl against the simulator."""

import asyncio
import json

import pytest
import yaml

from llmd_tui.objects import Object
from tests.simulator.kubernetes.api import STRATEGIC, Api
from tests.simulator.kubernetes.objects import container, deployment, pod
from tests.simulator.kubernetes.programs import Program, program

NS = "/api/v1/namespaces/default"
DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/web"


@pytest.fixture
def kubectl(simulator: Api) -> Program:
    return Program(program("kubectl"), simulator.kubeconfig)


def rows(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines()]


async def running(api: Api, name: str = "one") -> None:
    await api.post(f"{NS}/pods", pod(name, nodeName="n1"))
    state = {"name": "main", "ready": True, "state": {"running": {"startedAt": "2026-01-01T00:00:00Z"}}}
    conditions = [{"type": "Ready", "status": "True"}]
    status = {"phase": "Running", "conditions": conditions, "containerStatuses": [state]}
    await api.patch(f"{NS}/pods/{name}/status", {"status": status})


async def test_get(simulator: Api, kubectl: Program) -> None:
    await running(simulator)
    head, row = rows(await kubectl("get", "pods"))
    assert head == ["NAME", "READY", "STATUS", "RESTARTS", "AGE"]
    assert row[:4] == ["one", "1/1", "Running", "0"]
    head, row = rows(await kubectl("get", "po", "-A", "-o", "wide", "--show-labels"))
    assert (head[0], head[-1], row[0], row[-1]) == ("NAMESPACE", "LABELS", "default", "app=one")
    assert [row[0] for row in rows(await kubectl("get", "ns", "--no-headers"))] == [
        "default",
        "kube-node-lease",
        "kube-public",
        "kube-system",
    ]
    assert (await kubectl("get", "pod", "one", "-o", "jsonpath={.spec.nodeName}")) == "n1"
    assert json.loads(await kubectl("get", "pods", "-l", "app=one", "-o", "json"))["items"][0]["kind"] == "Pod"
    assert "service/kubernetes" in await kubectl("get", "all")
    assert 'pods "none" not found' in await kubectl("get", "pod", "none", fails=True)
    assert "doesn't have a resource type" in await kubectl("get", "gadgets", fails=True)


async def test_get_in_pages(simulator: Api, kubectl: Program) -> None:
    for number in range(5):
        await simulator.post(f"{NS}/pods", pod(f"p{number}"))
    assert len(rows(await kubectl("get", "pods", "--chunk-size=2", "--no-headers"))) == 5


async def test_get_w(simulator: Api, kubectl: Program) -> None:
    await running(simulator)
    async with kubectl.running("get", "pods", "-w", "--no-headers") as lines:
        assert (await lines.readline()).split()[:3] == [b"one", b"1/1", b"Running"]
        await simulator.patch(f"{NS}/pods/one/status", {"status": {"phase": "Failed", "reason": "Evicted"}}, STRATEGIC)
        assert (await lines.readline()).split()[:3] == [b"one", b"1/1", b"Evicted"]


async def test_describe(simulator: Api, kubectl: Program) -> None:
    await running(simulator)
    event: Object = {
        "metadata": {"name": "e"},
        "involvedObject": {"kind": "Pod", "name": "one", "namespace": "default"},
        "reason": "Pulled",
        "message": "Image pulled",
        "type": "Normal",
        "lastTimestamp": "2026-01-01T00:00:00Z",
        "source": {"component": "kubelet"},
    }
    uid = (await simulator.get(f"{NS}/pods/one"))["metadata"]["uid"]
    event["involvedObject"] |= {"uid": uid}
    await simulator.post(f"{NS}/events", event)
    text = await kubectl("describe", "pod", "one")
    assert "Status:           Running" in text
    assert "kubelet  Image pulled" in text
    capacity = {"cpu": "96", "memory": "1800Gi", "nvidia.com/gpu": "8"}
    node = {"metadata": {"name": "n1"}, "status": {"capacity": capacity, "allocatable": capacity}}
    await simulator.post("/api/v1/nodes", node)
    text = await kubectl("describe", "node", "n1")
    assert "nvidia.com/gpu:  8" in text
    assert "one" in text.partition("Non-terminated Pods")[2]
    await simulator.post("/apis/apps/v1/namespaces/default/deployments", deployment("web", 2))
    assert "Replicas:               2 desired" in await kubectl("describe", "deployment", "web")


async def test_apply(simulator: Api, kubectl: Program) -> None:
    body = deployment("web", 2)
    text = yaml.safe_dump(body)
    assert await kubectl("apply", "-f", "-", given=text) == "deployment.apps/web created\n"
    assert await kubectl("apply", "-f", "-", given=text) == "deployment.apps/web unchanged\n"
    body["spec"]["template"]["spec"]["containers"].append(container("side"))
    body["spec"]["replicas"] = 3
    assert await kubectl("apply", "-f", "-", given=yaml.safe_dump(body)) == "deployment.apps/web configured\n"
    del body["spec"]["template"]["spec"]["containers"][0]
    await kubectl("apply", "-f", "-", given=yaml.safe_dump(body))
    made = await simulator.get(DEPLOYMENT)
    assert made["spec"]["replicas"] == 3
    assert [c["name"] for c in made["spec"]["template"]["spec"]["containers"]] == ["side"]
    assert await kubectl("diff", "-f", "-", given=yaml.safe_dump(body)) == ""
    body["spec"]["replcas"] = 1
    assert 'unknown field "spec.replcas"' in await kubectl("apply", "-f", "-", given=yaml.safe_dump(body), fails=True)


async def test_apply_server_side(simulator: Api, kubectl: Program) -> None:
    body = deployment("web", 2)
    apply = ("apply", "--server-side", "-f", "-")
    assert await kubectl(*apply, given=yaml.safe_dump(body)) == "deployment.apps/web serverside-applied\n"
    await kubectl("scale", "deployment", "web", "--replicas=5")
    refused = await kubectl(*apply, given=yaml.safe_dump(body), fails=True)
    assert 'conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas' in refused
    await kubectl(*apply, "--force-conflicts", given=yaml.safe_dump(body))
    assert (await simulator.get(DEPLOYMENT))["spec"]["replicas"] == 2
    await kubectl(*apply, "--dry-run=server", given=yaml.safe_dump(deployment("other")))
    assert "not found" in await kubectl("get", "deployment", "other", fails=True)


async def test_wait(simulator: Api, kubectl: Program) -> None:
    await simulator.post(f"{NS}/pods", pod("one"))
    waiting = asyncio.create_task(kubectl("wait", "--for=condition=Ready", "pod/one", "--timeout=50s"))
    ready = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    await simulator.patch(f"{NS}/pods/one/status", ready, STRATEGIC)
    assert await waiting == "pod/one condition met\n"
    gone = asyncio.create_task(kubectl("wait", "--for=delete", "pod/one", "--timeout=50s"))
    await simulator.delete(f"{NS}/pods/one")
    await gone
    refused = await kubectl("wait", "--for=condition=Ready", "pod/none", "--timeout=1s", fails=True)
    assert 'pods "none" not found' in refused


async def test_rollout_status(simulator: Api, kubectl: Program) -> None:
    await simulator.post("/apis/apps/v1/namespaces/default/deployments", deployment("web", 2))
    async with kubectl.running("rollout", "status", "deployment/web") as lines:
        assert b"Waiting for deployment spec update" in await lines.readline()
        counts: Object = {"replicas": 2, "updatedReplicas": 2, "readyReplicas": 1, "availableReplicas": 1}
        status = {"status": {"observedGeneration": 1, **counts}}
        await simulator.patch(f"{DEPLOYMENT}/status", status)
        assert b"1 of 2 updated replicas are available" in await lines.readline()
        await simulator.patch(f"{DEPLOYMENT}/status", {"status": {"readyReplicas": 2, "availableReplicas": 2}})
        assert await lines.readline() == b'deployment "web" successfully rolled out\n'


async def test_logs(simulator: Api, kubectl: Program) -> None:
    await running(simulator)
    await simulator.call("POST", "/simulator/logs/default/one/main", b"one\ntwo\n")
    assert await kubectl("logs", "one") == "one\ntwo\n"
    assert await kubectl("logs", "one", "--tail=1", "-c", "main") == "two\n"
    async with kubectl.running("logs", "-f", "one", "--tail=1") as lines:
        assert await lines.readline() == b"two\n"
        await simulator.call("POST", "/simulator/logs/default/one/main", b"three\n")
        assert await lines.readline() == b"three\n"
        ended = {"name": "main", "state": {"terminated": {"exitCode": 0}}}
        await simulator.patch(f"{NS}/pods/one/status", {"status": {"containerStatuses": [ended]}})
        assert await lines.read() == b""
    await simulator.call("PUT", "/simulator/logs/default/one/main", b"again\n")
    assert await kubectl("logs", "one") == "again\n"
    assert await kubectl("logs", "one", "--previous") == "one\ntwo\nthree\n"


async def test_changing_objects(simulator: Api, kubectl: Program) -> None:
    await simulator.post(f"{NS}/pods", pod("one"))
    assert await kubectl("label", "pod", "one", "a=b") == "pod/one labeled\n"
    assert await kubectl("annotate", "pod", "one", "n=m") == "pod/one annotated\n"
    assert await kubectl("patch", "pod", "one", "-p", '{"metadata":{"labels":{"a":"c"}}}') == "pod/one patched\n"
    assert (await simulator.get(f"{NS}/pods/one"))["metadata"]["labels"]["a"] == "c"
    assert 'pod "one" deleted' in await kubectl("delete", "pod", "one")
    assert 'pods "one" not found' in await kubectl("delete", "pod", "one", fails=True)
    await kubectl("create", "namespace", "other")
    await kubectl("create", "configmap", "cm", "--from-literal=a=b", "-n", "other")
    assert (await simulator.get("/api/v1/namespaces/other/configmaps/cm"))["data"] == {"a": "b"}
    assert 'namespace "other" deleted' in await kubectl("delete", "namespace", "other")
    await kubectl("create", "deployment", "web", "--image=example.com/image:1", "--replicas=2", "--port=80")
    assert (await simulator.get(DEPLOYMENT))["spec"]["replicas"] == 2
    assert await kubectl("expose", "deployment", "web", "--target-port=http") == "service/web exposed\n"
    assert (await simulator.get(f"{NS}/services/web"))["spec"]["ports"][0]["targetPort"] == "http"
    assert await kubectl("set", "image", "deployment/web", "*=x:2") == "deployment.apps/web image updated\n"
    assert await kubectl("auth", "can-i", "create", "pods") == "yes\n"


async def test_port_forward(simulator: Api, kubectl: Program) -> None:
    async def upper(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((await reader.read()).upper())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(upper, "127.0.0.1", 0)
    await running(simulator)
    target = f"8000=127.0.0.1:{server.sockets[0].getsockname()[1]}"
    await simulator.patch(f"{NS}/pods/one", {"metadata": {"annotations": {"simulator.llmd-tui/forward": target}}})
    async with kubectl.running("port-forward", "--address=127.0.0.1", "pod/one", ":8000") as lines:
        line = (await lines.readline()).decode()
        local = int(line.rpartition(" -> ")[0].rpartition(":")[2])
        for text in (b"hello", b"x" * 300_000):
            reader, writer = await asyncio.open_connection("127.0.0.1", local)
            writer.write(text)
            writer.write_eof()
            assert await reader.read() == text.upper()
            writer.close()
    server.close()


async def test_exec(simulator: Api, kubectl: Program) -> None:
    await running(simulator)
    answer = {"command": ["uname", "-r"], "stdout": "6.8.0\n"}
    await simulator.call("POST", "/simulator/exec/default/*/main", answer)
    assert await kubectl("exec", "one", "--", "uname", "-r") == "6.8.0\n"
    await simulator.call("POST", "/simulator/exec/default/one/*", {"stderr": "no such file\n", "exitCode": 2})
    refused = await kubectl("exec", "one", "--", "cat", "x", fails=True)
    assert "no such file" in refused
    assert "exit code 2" in refused


async def test_exec_that_nobody_programmed(simulator: Api, kubectl: Program) -> None:
    await running(simulator)
    assert "the simulator has no answer for 'ls'" in await kubectl("exec", "one", "--", "ls", fails=True)
