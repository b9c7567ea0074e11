"""Pods: what the server fills in, refuses and does beside keeping them."""

import uuid
from typing import Any

import pytest

from llmd_tui.objects import Object
from tests.simulator.kubernetes.api import STRATEGIC, Api
from tests.simulator.kubernetes.objects import container, in_group, pod

NOWHERE = "no-such-node"


async def test_defaults(api: Api, ns: str) -> None:
    ports = [{"containerPort": 80}]
    limits = {"limits": {"cpu": "2", "nvidia.com/gpu": "8"}}
    probe = {"httpGet": {"port": 80}}
    main = container("main", ports=ports, resources=limits, readinessProbe=probe)
    made = await api.post(f"{ns}/pods", pod("one", containers=[main, {"name": "side", "image": "x:latest"}]))
    spec = made["spec"]
    first, second = spec["containers"]
    assert first["ports"] == [{"containerPort": 80, "protocol": "TCP"}]
    assert first["resources"] == {**limits, "requests": limits["limits"]}
    assert (first["imagePullPolicy"], second["imagePullPolicy"]) == ("IfNotPresent", "Always")
    assert (first["terminationMessagePath"], first["terminationMessagePolicy"]) == ("/dev/termination-log", "File")
    assert first["readinessProbe"] == {
        "httpGet": {"port": 80, "path": "/", "scheme": "HTTP"},
        "timeoutSeconds": 1,
        "periodSeconds": 10,
        "successThreshold": 1,
        "failureThreshold": 3,
    }
    expected = {
        "restartPolicy": "Always",
        "terminationGracePeriodSeconds": 30,
        "dnsPolicy": "ClusterFirst",
        "securityContext": {},
        "serviceAccountName": "default",
        "serviceAccount": "default",
        "priority": 0,
        "enableServiceLinks": True,
        "preemptionPolicy": "PreemptLowerPriority",
    }
    assert {name: spec[name] for name in expected} == expected
    assert [toleration["key"] for toleration in spec["tolerations"]] == [
        "node.kubernetes.io/not-ready",
        "node.kubernetes.io/unreachable",
    ]
    assert made["status"] == {"phase": "Pending", "qosClass": "Burstable"}


async def test_applied_again_a_pod_keeps_what_admission_added(api: Api, ns: str) -> None:
    body = {"apiVersion": "v1", "kind": "Pod"} | pod("one", tolerations=[{"key": "sku", "operator": "Exists"}])
    first = await api.apply(f"{ns}/pods/one", body, "m")
    assert len(first["spec"]["tolerations"]) == 3
    again = await api.apply(f"{ns}/pods/one", body, "m", dryRun="All")
    assert again["spec"] == first["spec"]


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({}, "BestEffort"),
        ({"limits": {"nvidia.com/gpu": "1"}}, "BestEffort"),
        ({"requests": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "500m"}}, "Burstable"),
    ],
)
async def test_quality_of_service(api: Api, ns: str, resources: Object, expected: str) -> None:
    made = await api.post(f"{ns}/pods", pod("one", containers=[container("main", resources=resources)]))
    assert made["status"]["qosClass"] == expected


@pytest.mark.parametrize(
    ("spec", "code", "message"),
    [
        ({"containers": []}, 422, "spec.containers: Required value"),
        ({"containers": [{"image": "x"}]}, 422, "spec.containers[0].name: Required value"),
        ({"containers": [container("a"), container("a")]}, 422, 'spec.containers[1].name: Duplicate value: "a"'),
        ({"priorityClassName": "none"}, 403, "no PriorityClass with name none was found"),
        ({"runtimeClassName": "none"}, 403, 'pod rejected: RuntimeClass "none" not found'),
        ({"serviceAccountName": "none"}, 403, 'serviceaccount "none" not found'),
        ({"containers": [container("a", resources={"limits": {"cpu": "much"}})]}, 400, "quantities must match"),
    ],
)
async def test_what_cannot_be_created(api: Api, ns: str, spec: Object, code: int, message: str) -> None:
    answer = await api.call("POST", f"{ns}/pods", pod("one", **spec))
    assert (answer.code, message in answer.message) == (code, True), answer.message


async def test_priority_comes_from_its_class(api: Api, ns: str) -> None:
    made = await api.post(f"{ns}/pods", pod("one", priorityClassName="system-node-critical"))
    assert made["spec"]["priority"] == 2000001000


async def test_status_is_written_apart(api: Api, ns: str) -> None:
    made = await api.post(f"{ns}/pods", pod("one") | {"status": {"phase": "Running"}})
    assert made["status"]["phase"] == "Pending"
    condition = {"type": "Ready", "status": "False", "reason": "Because"}
    patch = {"status": {"phase": "Running", "conditions": [condition]}, "spec": {"priority": 5}}
    running = await api.patch(f"{ns}/pods/one/status", patch, STRATEGIC, fieldManager="kubelet")
    assert (running["status"]["phase"], running["spec"]["priority"]) == ("Running", 0)
    other = {"type": "Initialized", "status": "True"}
    both = await api.patch(f"{ns}/pods/one/status", {"status": {"conditions": [other]}}, STRATEGIC)
    assert {c["type"] for c in both["status"]["conditions"]} == {"Ready", "Initialized"}
    entry = next(entry for entry in both["metadata"]["managedFields"] if entry["manager"] == "kubelet")
    assert (entry["operation"], entry["subresource"]) == ("Update", "status")
    assert both["metadata"]["generation"] == 1
    changed = await api.patch(f"{ns}/pods/one", {"status": {"phase": "Failed"}, "metadata": {"labels": {"a": "b"}}})
    assert (changed["status"]["phase"], changed["metadata"]["labels"]["a"]) == ("Running", "b")
    assert (await api.get(f"{ns}/pods/one/status"))["status"]["phase"] == "Running"


async def test_statuses_are_written_in_full(api: Api, ns: str) -> None:
    await api.post(f"{ns}/pods", pod("one"))
    status = {"name": "main", "state": {"waiting": {"reason": "ContainerCreating"}}}
    written = await api.patch(f"{ns}/pods/one/status", {"status": {"containerStatuses": [status]}})
    (container_status,) = written["status"]["containerStatuses"]
    assert container_status == status | {
        "image": "",
        "imageID": "",
        "lastState": {},
        "ready": False,
        "restartCount": 0,
    }


async def test_most_of_a_pod_never_changes(api: Api, ns: str) -> None:
    await api.post(f"{ns}/pods", pod("one"))
    new_image = {"spec": {"containers": [{"name": "main", "image": "example.com/image:2"}]}}
    changed = await api.patch(f"{ns}/pods/one", new_image, STRATEGIC)
    assert (changed["spec"]["containers"][0]["image"], changed["metadata"]["generation"]) == ("example.com/image:2", 2)
    answer = await api.call("PATCH", f"{ns}/pods/one", {"spec": {"restartPolicy": "Never"}}, content_type=STRATEGIC)
    assert (answer.code, answer.reason) == (422, "Invalid")
    assert answer.message.startswith(
        'Pod "one" is invalid: spec: Forbidden: pod updates may not change fields other than'
    )


async def test_binding(api: Api, ns: str) -> None:
    await api.post(f"{ns}/pods", pod("one"))
    body = {"metadata": {"name": "one"}, "target": {"kind": "Node", "name": NOWHERE}}
    done = await api.post(f"{ns}/pods/one/binding", body)
    assert done["status"] == "Success"
    bound = await api.get(f"{ns}/pods/one")
    assert bound["spec"]["nodeName"] == NOWHERE
    (condition,) = [c for c in bound["status"]["conditions"] if c["type"] == "PodScheduled"]
    assert condition["status"] == "True"
    answer = await api.call("POST", f"{ns}/pods/one/binding", body)
    assert (answer.code, answer.reason) == (409, "Conflict")


async def test_pods_without_a_node_go_at_once(api: Api, ns: str) -> None:
    await api.post(f"{ns}/pods", pod("one"))
    gone = await api.delete(f"{ns}/pods/one")
    assert (gone["kind"], gone["metadata"]["name"]) == ("Pod", "one")
    assert (await api.call("GET", f"{ns}/pods/one")).code == 404


async def test_pods_on_a_node_have_their_grace(api: Api, ns: str) -> None:
    path = f"{ns}/pods/one"
    await api.post(f"{ns}/pods", pod("one", nodeName=NOWHERE, terminationGracePeriodSeconds=300))
    going = await api.delete(path)
    assert going["metadata"]["deletionGracePeriodSeconds"] == 300
    assert going["metadata"]["generation"] == 2
    sooner = await api.delete(path, gracePeriodSeconds="20")
    assert sooner["metadata"]["deletionGracePeriodSeconds"] == 20
    assert sooner["metadata"]["deletionTimestamp"] < going["metadata"]["deletionTimestamp"]
    await api.delete(path, {"gracePeriodSeconds": 0})
    assert (await api.call("GET", path)).code == 404


async def test_pods_that_have_ended_go_at_once(api: Api, ns: str) -> None:
    await api.post(f"{ns}/pods", pod("one", nodeName=NOWHERE))
    await api.patch(f"{ns}/pods/one/status", {"status": {"phase": "Succeeded"}})
    await api.delete(f"{ns}/pods/one")
    assert (await api.call("GET", f"{ns}/pods/one")).code == 404


async def test_eviction_respects_budgets(api: Api, ns: str) -> None:
    budgets = in_group(ns, "policy/v1", "poddisruptionbudgets")
    await api.post(f"{ns}/pods", pod("one", nodeName=NOWHERE))
    running = {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}
    await api.patch(f"{ns}/pods/one/status", {"status": running})
    spec = {"minAvailable": 1, "selector": {"matchLabels": {"app": "one"}}}
    await api.post(budgets, {"metadata": {"name": "keep"}, "spec": spec})
    body = {"metadata": {"name": "one"}}
    answer = await api.call("POST", f"{ns}/pods/one/eviction", body)
    assert (answer.code, answer.reason) == (429, "TooManyRequests")
    assert answer.message == "Cannot evict pod as it would violate the pod's disruption budget."
    await api.delete(f"{budgets}/keep")
    assert (await api.post(f"{ns}/pods/one/eviction", body))["status"] == "Success"
    assert "deletionTimestamp" in (await api.get(f"{ns}/pods/one"))["metadata"]
    await api.delete(f"{ns}/pods/one", gracePeriodSeconds="0")


async def test_templates_have_defaults_as_well(api: Api, ns: str) -> None:
    labels = {"app": "x"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [container("main")], "schedulerName": "nobody"}}
    spec: Any = {"selector": {"matchLabels": labels}, "template": template}
    deployment = await api.post(
        in_group(ns, "apps/v1", "deployments"), {"metadata": {"name": "a"}, "spec": spec | {"paused": True}}
    )
    assert {
        name: deployment["spec"][name] for name in ("replicas", "revisionHistoryLimit", "progressDeadlineSeconds")
    } == {
        "replicas": 1,
        "revisionHistoryLimit": 10,
        "progressDeadlineSeconds": 600,
    }
    rolling = {"maxUnavailable": "25%", "maxSurge": "25%"}
    assert deployment["spec"]["strategy"] == {"type": "RollingUpdate", "rollingUpdate": rolling}
    assert deployment["spec"]["template"]["spec"]["restartPolicy"] == "Always"
    spec["template"]["spec"]["nodeSelector"] = {"nowhere": uuid.uuid4().hex}
    daemons = await api.post(in_group(ns, "apps/v1", "daemonsets"), {"metadata": {"name": "a"}, "spec": spec})
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "maxSurge": 0}}
    assert daemons["spec"]["updateStrategy"] == strategy
    job = {"template": {"spec": template["spec"] | {"restartPolicy": "Never"}}}
    made = await api.post(in_group(ns, "batch/v1", "jobs"), {"metadata": {"name": "a"}, "spec": job})
    names = ("parallelism", "completions", "backoffLimit", "completionMode", "suspend")
    assert [made["spec"][name] for name in names] == [1, 1, 6, "NonIndexed", False]
    uid = made["metadata"]["uid"]
    assert made["spec"]["selector"] == {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}
    assert made["spec"]["template"]["metadata"]["labels"] == {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": "a",
        "controller-uid": uid,
        "job-name": "a",
    }


async def test_services_get_addresses(api: Api, ns: str) -> None:
    ports = [{"name": "a", "port": 80, "targetPort": "http"}, {"name": "b", "port": 81}]
    made = await api.post(f"{ns}/services", {"metadata": {"name": "one"}, "spec": {"ports": ports}})
    spec = made["spec"]
    assert spec["clusterIP"].startswith("10.")
    assert spec["clusterIPs"] == [spec["clusterIP"]]
    assert [port["targetPort"] for port in spec["ports"]] == ["http", 81]
    names = ("type", "sessionAffinity", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy")
    assert [spec[name] for name in names] == ["ClusterIP", "None", ["IPv4"], "SingleStack", "Cluster"]
    changed = {"metadata": {"name": "one"}, "spec": {"ports": ports[:1]}}
    assert (await api.put(f"{ns}/services/one", changed))["spec"]["clusterIP"] == spec["clusterIP"]
    moved = {"spec": {"clusterIP": "10.0.250.250", "clusterIPs": ["10.0.250.250"]}}
    answer = await api.call("PATCH", f"{ns}/services/one", moved, content_type=STRATEGIC)
    assert (answer.code, "may not change once set" in answer.message) == (422, True)
