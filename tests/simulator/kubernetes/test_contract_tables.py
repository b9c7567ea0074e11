"""Tables, as `kubectl get` shows them."""

from typing import Any

import pytest

from llmd_tui.objects import Object
from tests.simulator.kubernetes.api import TABLE, Api
from tests.simulator.kubernetes.objects import apps, container, deployment, in_group, pod

AGO = "2001-01-01T00:00:00Z"
"""Long enough ago for the same age on every server."""


async def cells(api: Api, path: str, name: str) -> dict[str, Any]:
    """The row of one object by column; those of `-o wide` too."""
    table = await api.get(path, accept=TABLE)
    assert (table["kind"], table["apiVersion"]) == ("Table", "meta.k8s.io/v1")
    rows = [row for row in table["rows"] if row["object"]["metadata"]["name"] == name]
    columns = [column["name"] for column in table["columnDefinitions"]]
    assert len(rows[0]["cells"]) == len(columns)
    return dict(zip(columns, rows[0]["cells"], strict=True))


def ended(code: int, reason: str = "", **more: Any) -> Object:
    return {"terminated": {"exitCode": code, "finishedAt": AGO} | ({"reason": reason} if reason else {}) | more}


def status(name: str, state: Object, *, ready: bool = False, restarts: int = 0, last: Object | None = None) -> Object:
    made = {"name": name, "image": "i", "imageID": "", "ready": ready, "restartCount": restarts, "state": state}
    return made | ({"lastState": last} if last else {})


RUNNING = {"running": {"startedAt": AGO}}


def waiting(reason: str) -> Object:
    return {"waiting": {"reason": reason}}


def pending(*init: Object) -> Object:
    return {"phase": "Pending", "initContainerStatuses": list(init)}


def phase(word: str, *main: Object, **more: Any) -> Object:
    return {"phase": word, **more} | ({"containerStatuses": list(main)} if main else {})


DONE = ended(0, "Completed")
ERROR = ended(1, "Error")


@pytest.mark.parametrize(
    ("given", "ready", "word", "restarts"),
    [
        ({}, "0/2", "Pending", "0"),
        (phase("Pending", status("main", waiting("ContainerCreating"))), "0/2", "ContainerCreating", "0"),
        (phase("Running", status("main", RUNNING, ready=True), status("side", RUNNING)), "1/2", "Running", "0"),
        (
            phase("Running", status("main", waiting("CrashLoopBackOff"), restarts=3, last=ERROR)),
            "0/2",
            "CrashLoopBackOff",
            "3 (25y ago)",
        ),
        (phase("Failed", reason="Evicted"), "0/2", "Evicted", "0"),
        (phase("Succeeded", status("main", DONE)), "0/2", "Completed", "0"),
        (phase("Failed", status("main", ended(3))), "0/2", "ExitCode:3", "0"),
        (phase("Failed", status("main", ended(137, "", signal=9))), "0/2", "Signal:9", "0"),
        (phase("Running", status("main", DONE), status("side", RUNNING, ready=True)), "1/2", "NotReady", "0"),
        (pending(status("first", waiting("PodInitializing"))), "0/2", "Init:0/2", "0"),
        (pending(status("first", DONE), status("second", RUNNING)), "0/2", "Init:1/2", "0"),
        (pending(status("first", ERROR, restarts=2)), "0/2", "Init:Error", "2"),
        (pending(status("first", waiting("CrashLoopBackOff"), restarts=2)), "0/2", "Init:CrashLoopBackOff", "2"),
        (
            pending(status("first", DONE, restarts=4)) | phase("Running", status("main", RUNNING, ready=True)),
            "1/2",
            "Running",
            "0",
        ),
    ],
)
async def test_pods(api: Api, ns: str, given: Object, ready: str, word: str, restarts: str) -> None:
    init = [container("first"), container("second")]
    await api.post(f"{ns}/pods", pod("one", containers=[container("main"), container("side")], initContainers=init))
    if given:
        await api.patch(f"{ns}/pods/one/status", {"status": given})
    row = await cells(api, f"{ns}/pods", "one")
    assert (row["Ready"], row["Status"], row["Restarts"]) == (ready, word, restarts)


async def test_where_pods_are(api: Api, ns: str) -> None:
    await api.post(f"{ns}/pods", pod("one"))
    row = await cells(api, f"{ns}/pods", "one")
    wide = ("IP", "Node", "Nominated Node", "Readiness Gates")
    assert [row[column] for column in wide] == ["<none>"] * 4
    assert row["Age"].endswith("s")
    await api.post(f"{ns}/pods", pod("two", nodeName="n1", readinessGates=[{"conditionType": "example.com/x"}]))
    await api.patch(f"{ns}/pods/two/status", {"status": {"podIP": "10.1.2.3", "podIPs": [{"ip": "10.1.2.3"}]}})
    row = await cells(api, f"{ns}/pods", "two")
    assert [row[column] for column in wide] == ["10.1.2.3", "n1", "<none>", "0/1"]


async def test_one_object_and_its_forms(api: Api, ns: str) -> None:
    await api.post(f"{ns}/pods", pod("one"))
    table = await api.get(f"{ns}/pods/one", accept=TABLE)
    (row,) = table["rows"]
    assert (row["cells"][0], row["object"]["kind"]) == ("one", "PartialObjectMetadata")
    table = await api.get(f"{ns}/pods/one", accept=TABLE, includeObject="Object")
    assert table["rows"][0]["object"]["spec"]["schedulerName"] == "nobody"
    table = await api.get(f"{ns}/pods/one", accept=TABLE, includeObject="None")
    assert not table["rows"][0].get("object")
    table = await api.get(f"{ns}/pods", accept=f"{TABLE},application/json")
    assert table["columnDefinitions"][0] | {"description": ""} == {
        "name": "Name",
        "type": "string",
        "format": "name",
        "description": "",
        "priority": 0,
    }
    assert [column["priority"] for column in table["columnDefinitions"]] == [0, 0, 0, 0, 0, 1, 1, 1, 1]


async def test_pods_that_are_done_are_marked(api: Api, ns: str) -> None:
    await api.post(f"{ns}/pods", pod("one"))
    await api.patch(f"{ns}/pods/one/status", {"status": {"phase": "Succeeded"}})
    (row,) = (await api.get(f"{ns}/pods", accept=TABLE))["rows"]
    (condition,) = row["conditions"]
    assert (condition["type"], condition["reason"]) == ("Completed", "Succeeded")


async def test_workloads(api: Api, ns: str) -> None:
    await api.post(apps(ns, "deployments"), deployment("web", paused=True))
    row = await cells(api, apps(ns, "deployments"), "web")
    age = row.pop("Age")
    assert age.endswith("s")
    assert row == {
        "Name": "web",
        "Ready": "0/0",
        "Up-to-date": 0,
        "Available": 0,
        "Containers": "main",
        "Images": "example.com/image:1",
        "Selector": "app=web",
    }
    spec: Object = {**deployment("x")["spec"], "selector": {"matchLabels": {"app": "x"}}}
    del spec["replicas"]
    spec["template"]["spec"] |= {"nodeSelector": {"nowhere": "true"}, "schedulerName": "nobody"}
    await api.post(apps(ns, "daemonsets"), {"metadata": {"name": "x"}, "spec": spec})
    row = await cells(api, apps(ns, "daemonsets"), "x")
    numbers = [row[column] for column in ("Desired", "Current", "Ready", "Up-to-date", "Available")]
    assert (numbers, row["Node Selector"], row["Selector"]) == ([0] * 5, "nowhere=true", "app=x")
    spec |= {"replicas": 0, "serviceName": "x"}
    await api.post(apps(ns, "statefulsets"), {"metadata": {"name": "x"}, "spec": spec})
    row = await cells(api, apps(ns, "statefulsets"), "x")
    assert (row["Ready"], row["Images"]) == ("0/0", "example.com/image:1")
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": "x"}}, "template": spec["template"]}
    await api.post(apps(ns, "replicasets"), {"metadata": {"name": "x"}, "spec": spec})
    row = await cells(api, apps(ns, "replicasets"), "x")
    assert [row[column] for column in ("Desired", "Current", "Ready")] == [0, 0, 0]


async def test_jobs(api: Api, ns: str) -> None:
    template = {"spec": {"containers": [container("main")], "restartPolicy": "Never"}}
    body = {"metadata": {"name": "work"}, "spec": {"suspend": True, "completions": 3, "template": template}}
    jobs = in_group(ns, "batch/v1", "jobs")
    made = await api.post(jobs, body)
    await api.until(f"{jobs}/work", lambda answer: answer.body["status"] or api.kind == "simulator")
    row = await cells(api, jobs, "work")
    assert (row["Completions"], row["Duration"], row["Containers"]) == ("0/3", "", "main")
    assert row["Status"] == ("Suspended" if api.kind == "real" else "Running")
    uid = made["metadata"]["uid"]
    assert row["Selector"] == f"batch.kubernetes.io/controller-uid={uid}"
    cron = {
        "metadata": {"name": "nightly"},
        "spec": {"schedule": "0 3 * * *", "suspend": True, "jobTemplate": {"spec": {"template": template}}},
    }
    await api.post(in_group(ns, "batch/v1", "cronjobs"), cron)
    row = await cells(api, in_group(ns, "batch/v1", "cronjobs"), "nightly")
    columns = ("Schedule", "Timezone", "Suspend", "Active", "Last Schedule")
    assert [row[column] for column in columns] == ["0 3 * * *", "<none>", "True", 0, "<none>"]


async def test_services(api: Api, ns: str) -> None:
    ports = [{"name": "web", "port": 80, "targetPort": 8080}, {"name": "dns", "port": 53, "protocol": "UDP"}]
    await api.post(f"{ns}/services", {"metadata": {"name": "inside"}, "spec": {"selector": {"a": "b"}, "ports": ports}})
    row = await cells(api, f"{ns}/services", "inside")
    assert row["Cluster-IP"].startswith("10.")
    columns = ("Type", "External-IP", "Port(s)", "Selector")
    assert [row[column] for column in columns] == ["ClusterIP", "<none>", "80/TCP,53/UDP", "a=b"]
    spec = {"type": "LoadBalancer", "ports": [{"port": 80}], "selector": {"a": "b"}}
    made = await api.post(f"{ns}/services", {"metadata": {"name": "outside"}, "spec": spec})
    row = await cells(api, f"{ns}/services", "outside")
    node_port = made["spec"]["ports"][0]["nodePort"]
    assert (row["External-IP"], row["Port(s)"]) == ("<pending>", f"80:{node_port}/TCP")
    await api.patch(f"{ns}/services/outside/status", {"status": {"loadBalancer": {"ingress": [{"ip": "20.1.2.3"}]}}})
    assert (await cells(api, f"{ns}/services", "outside"))["External-IP"] == "20.1.2.3"
    await api.post(f"{ns}/services", {"metadata": {"name": "headless"}, "spec": {"clusterIP": "None"}})
    row = await cells(api, f"{ns}/services", "headless")
    assert (row["Cluster-IP"], row["Port(s)"], row["Selector"]) == ("None", "<none>", "<none>")
    await api.post(
        f"{ns}/services",
        {"metadata": {"name": "alias"}, "spec": {"type": "ExternalName", "externalName": "x.example.com"}},
    )
    row = await cells(api, f"{ns}/services", "alias")
    assert (row["Cluster-IP"], row["External-IP"]) == ("<none>", "x.example.com")


async def test_nodes(api: Api, ns: str) -> None:
    name = "n" + ns[-8:]
    labels = {"node-role.kubernetes.io/gpu": "", "kubernetes.io/role": "agent"}
    info = {
        "kubeletVersion": "v1.34.2",
        "osImage": "Ubuntu 24.04",
        "kernelVersion": "6.8",
        "containerRuntimeVersion": "containerd://2.1",
    }
    info |= dict.fromkeys(
        ("machineID", "systemUUID", "bootID", "kubeProxyVersion", "operatingSystem", "architecture"), "x"
    )
    addresses = [{"type": "InternalIP", "address": "10.224.0.4"}, {"type": "Hostname", "address": name}]
    conditions = [{"type": "Ready", "status": "Unknown"}]
    spec = {"unschedulable": True, "taints": [{"key": "example.com/not-played", "effect": "NoSchedule"}]}
    body = {"metadata": {"name": name, "labels": labels}, "spec": spec}
    body |= {"status": {"nodeInfo": info, "addresses": addresses, "conditions": conditions}}
    try:
        await api.post("/api/v1/nodes", body)
        row = await cells(api, "/api/v1/nodes", name)
    finally:
        await api.call("DELETE", f"/api/v1/nodes/{name}")
    assert row.pop("Age").endswith("s")
    assert row["Roles"] == "agent,gpu"
    assert row["Status"].endswith(",SchedulingDisabled")
    if api.kind == "simulator":  # kwok brings real ones to life at once
        del row["Roles"], row["Name"]
        assert list(row.values()) == [
            "NotReady,SchedulingDisabled",
            "v1.34.2",
            "10.224.0.4",
            "<none>",
            "Ubuntu 24.04",
            "6.8",
            "containerd://2.1",
        ]


async def test_configuration(api: Api, ns: str) -> None:
    await api.post(f"{ns}/configmaps", {"metadata": {"name": "one"}, "data": {"a": "b"}, "binaryData": {"c": "ZA=="}})
    assert (await cells(api, f"{ns}/configmaps", "one"))["Data"] == 2
    await api.post(f"{ns}/secrets", {"metadata": {"name": "one"}, "stringData": {"a": "b"}})
    row = await cells(api, f"{ns}/secrets", "one")
    assert (row["Type"], row["Data"]) == ("Opaque", 1)
    claim = {
        "accessModes": ["ReadWriteMany"],
        "storageClassName": "azurefile",
        "resources": {"requests": {"storage": "1Ti"}},
    }
    await api.post(f"{ns}/persistentvolumeclaims", {"metadata": {"name": "cache"}, "spec": claim})
    row = await cells(api, f"{ns}/persistentvolumeclaims", "cache")
    columns = ("Status", "Volume", "Capacity", "Access Modes", "StorageClass", "VolumeMode")
    assert [row[column] for column in columns] == ["Pending", "", "", "", "azurefile", "Filesystem"]
    rbac = in_group(ns, "rbac.authorization.k8s.io/v1", "rolebindings")
    subjects = [
        {"kind": "ServiceAccount", "name": "sa", "namespace": "x"},
        {"kind": "User", "name": "u", "apiGroup": "rbac.authorization.k8s.io"},
    ]
    await api.post(
        rbac, {"metadata": {"name": "b"}, "roleRef": {"kind": "ClusterRole", "name": "view"}, "subjects": subjects}
    )
    row = await cells(api, rbac, "b")
    assert [row[c] for c in ("Role", "Users", "Groups", "ServiceAccounts")] == ["ClusterRole/view", "u", "", "x/sa"]


async def test_kinds_without_columns_of_their_own(api: Api, ns: str) -> None:
    made = await api.post(
        f"{ns}/limitranges", {"metadata": {"name": "one"}, "spec": {"limits": [{"type": "Container"}]}}
    )
    row = await cells(api, f"{ns}/limitranges", "one")
    assert row == {"Name": "one", "Created At": made["metadata"]["creationTimestamp"]}
