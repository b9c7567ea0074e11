"""Failures that objects, events, nodes, stages and phases tell; each beside a twin that is well."""

from dataclasses import replace

import pytest

from llmd_tui.diagnose.case import Tail
from llmd_tui.objects import Object
from tests.diagnose.sick import (
    World,
    at_stage,
    crashing,
    failed_phase,
    looped,
    said_of,
    thing,
    unplaced,
    unpulled,
    well,
)
from tests.rollout.made import SKU_TAINT, ago, condition, daemonset, event, node, pod, running, waiting

CASES: dict[str, tuple[World, World]] = {}
"""By name, which begins with the id: the sick world and the well one."""


def case(name: str, sick: World, healthy: World) -> None:
    CASES[name] = sick, healthy


def objects(*found: Object) -> World:
    return World(found)


# Images
NOT_FOUND = 'failed to resolve reference "nvcr.io/nvidia/driver:1-x": nvcr.io/nvidia/driver:1-x: not found'
for number, role, container, message in (
    ("F-01", "driver", "nvidia-driver-ctr", NOT_FOUND),
    ("F-02", "ofed", "mofed-container", "doca-driver:25-ubuntu26.04-amd64: not found"),
    ("F-03", "", "epp", "unexpected status from HEAD request: 429 Too Many Requests"),
    ("F-04", "", "epp", "dial tcp: lookup ghcr.io: no such host"),
):
    case(f"{number} pull", unpulled(role, container, message), well(unpulled(role, container, message)))
pressed = condition("DiskPressure", True)
case("F-05", objects(node(conditions=[pressed])), objects(node(conditions=[condition("DiskPressure", False)])))

# Nodes
for number, kind in (
    ("F-14", "GPUMissing"),
    ("F-16", "NVLinkStatusInactive"),
    ("F-57", "UnhealthyNvidiaDevicePlugin"),
    ("F-107", "VMEventScheduled"),
):
    case(f"{number} {kind}", objects(node(conditions=[condition(kind, True)])),
         objects(node(conditions=[condition(kind, False)])))  # fmt: skip
case("F-110", objects(node(ready="Unknown", since=200)), objects(node(ready="Unknown", since=60)))
dead = node(ready=False, since=200)
dead["status"]["conditions"][-1] |= {
    "reason": "KubeletNotReady",
    "message": "rpc error: dial unix /run/containerd/containerd.sock: connect: connection refused",
}
case("F-41", objects(dead), objects(node()))
upgrade = {"nvidia.com/gpu-driver-upgrade-state": "upgrade-failed"}
case("F-20", objects(node(labels=upgrade)),
     objects(node(labels={"nvidia.com/gpu-driver-upgrade-state": "upgrade-done"})))  # fmt: skip
lost = node("cpu-0", ready="Unknown", since=200, labels={"feature.node.kubernetes.io/pci-15b3.present": "true"})
del lost["metadata"]["labels"]["sku"]
case("F-37", objects(lost), objects(node()))

# Stages
for number, stage, text in (
    ("F-11", "driver", "AKS has installed a driver: the pool was made without driver None"),
    ("F-22", "nfd", "its DaemonSet does not tolerate the taint sku=gpu"),
    ("F-24", "nfd", "waiting for the rule that labels InfiniBand"),
    ("F-26", "ofed", "the NicClusterPolicy does not tolerate the taint sku=gpu"),
    ("F-61", "rdma", "the plugin has registered and offers none"),
):
    case(f"{number} {stage}", World(stages=at_stage(stage, "failed", text)),
         World(stages=at_stage(stage, "running", text)))  # fmt: skip


# Operators' objects
def policy(reason: str, kind: str = "Ready", status: str = "False", message: str = "", seconds: float = 400) -> Object:
    return thing("ClusterPolicy", "cluster-policy", status={
        "conditions": [condition(kind, status, seconds, reason=reason, message=message)]})  # fmt: skip


for number, sick in (
    ("F-22", policy("NoGPUNodes", status="True")),
    ("F-23", policy("NFDLabelsMissing")),
    ("F-18", policy("ReconcileFailed", "Error", "True", "unable to retrieve OS name from label")),
):
    case(f"{number} policy", objects(node(), sick), objects(sick))
case(
    "F-27",
    objects(thing("NicClusterPolicy", "other", status={"state": "ignore"})),
    objects(thing("NicClusterPolicy", "nic-cluster-policy", status={"state": "notReady"})),
)


def workers(*names: str) -> World:
    return objects(*(daemonset(name, {"x": "y"}) for name in names))


case("F-28", workers("a-node-feature-discovery-worker", "b-node-feature-discovery-worker"),
     workers("a-node-feature-discovery-worker"))  # fmt: skip


def plugins(*names: str) -> World:
    made = [daemonset(name, {"x": "y"}) for name in names]
    return objects(*({**one, "status": {**one["status"], "numberReady": 2}} for one in made))


case("F-59", plugins("nvidia-device-plugin-daemonset", "nvdp-nvidia-device-plugin"),
     plugins("nvidia-device-plugin-daemonset"))  # fmt: skip
idle = daemonset("nvidia-device-plugin", {"x": "y"}, desired=0, namespace="kube-system")
busy = daemonset("nvidia-device-plugin", {"x": "y"}, namespace="kube-system")
case("F-55", objects(node(), idle), objects(node(), busy))


# Events
def refused(number: str, message: str) -> None:
    made = daemonset("ds", {"x": "y"}, desired=2, available=0)
    fine = {**made, "status": {**made["status"], "numberReady": 2, "numberAvailable": 2}}
    case(f"{number} refused", objects(made, said_of(made, "FailedCreate", message)),
         objects(fine, said_of(fine, "FailedCreate", message)))  # fmt: skip


refused("F-29", 'pods "x" is forbidden: violates PodSecurity "baseline:latest": privileged')
refused("F-30", 'admission webhook "validation.gatekeeper.sh" denied the request: no hostPath')
refused("F-104", 'pods "x" is forbidden: exceeded quota: team, requested: cpu=1')
service = thing("Service", "gateway", namespace="llm-d", status={"loadBalancer": {}})
addressed = {**service, "status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.9"}]}}}
LIMIT = 'Error syncing load balancer: ... {"code":"PublicIPCountLimitReached"}'
case("F-105", objects(service, said_of(service, "SyncLoadBalancerFailed", LIMIT)),
     objects(addressed, said_of(addressed, "SyncLoadBalancerFailed", LIMIT)))  # fmt: skip
claim = thing("PersistentVolumeClaim", "cache", namespace="llm-d", status={"phase": "Pending"})
bound = {**claim, "status": {"phase": "Bound"}}
case("F-84", objects(claim, said_of(claim, "ProvisioningFailed", "storageclass not found")),
     objects(bound, said_of(bound, "ProvisioningFailed", "storageclass not found")))  # fmt: skip


def stuck_event(number: str, reason: str, message: str, container: str = "c", waits: str = "ContainerCreating") -> None:
    gone = condition("PodReadyToStartContainers", "True", 5000)
    sick = pod("sick-abcde", [waiting(container, waits)], phase="Pending", conditions=[gone])
    sick["metadata"]["creationTimestamp"] = ago(5000)
    world = objects(node(), sick, event(sick, reason, message))
    case(f"{number} event", world, well(world))


stuck_event("F-43", "FailedCreatePodSandBox", 'failed to get sandbox runtime: no runtime for "nvidia" is configured')
stuck_event("F-50", "FailedMount", "hostPath type check failed: /var/run/nri/nri.sock is not a socket file")
stuck_event("F-85", "FailedAttachVolume", "Multi-Attach error for volume pvc-1")

# Containers
case("F-21", objects(node(), looped("", "gpu-operator", name="gpu-operator-abcde", code=137, reason="OOMKilled")),
     well(objects(node(), looped("", "gpu-operator", name="gpu-operator-abcde"))))  # fmt: skip
case("F-83", objects(node(), looped("", "worker", code=137, reason="OOMKilled")), objects(node(), looped("", "worker")))
for number, reason, message in (
    ("F-76", "CreateContainerConfigError", 'secret "llm-d-hf-token" not found'),
    ("F-76 key", "CreateContainerConfigError", "couldn't find key HF_TOKEN in Secret llm-d/llm-d-hf-token"),
    ("F-52", "CreateContainerError", "failed to parse type: bad ulimit"),
):
    world = objects(node(), pod("sick-abcde", [waiting("c", reason, message=message)], phase="Pending"))
    case(number, world, well(world))
reloader = pod("sick-abcde", [waiting("c", "CreateContainerConfigError")], labels={"name": "nvidia-peermem-reloader"})
case("F-67", objects(node(), reloader), well(objects(node(), reloader)))
killed = looped("", "modelserver", code=143)
ended_by = event(killed, "Killing", "Container modelserver failed startup probe, will be restarted")
case("F-82", objects(node(), killed, ended_by), objects(node(), killed))
slow_build = crashing("driver", "nvidia-driver-ctr", "Compiling NVIDIA driver kernel modules...")
probe = event(slow_build.objects[1], "Killing", "Container nvidia-driver-ctr failed startup probe, will be restarted")
case("F-09", replace(slow_build, objects=[*slow_build.objects, probe]), slow_build)
unhealthy = looped("driver", "nvidia-peermem-ctr")
case("F-66", objects(node(), unhealthy, event(unhealthy, "Unhealthy", "liveness: nvidia-peermem module is not loaded")),
     objects(node(), unhealthy))  # fmt: skip
waits = running("k8s-driver-manager", ready=False, started=False, seconds=400)
loads = pod("sick-abcde", [waiting("nvidia-driver-ctr"), waiting("nvidia-peermem-ctr")], inits=[waits],
            labels={"app": "nvidia-driver-daemonset"})  # fmt: skip
mofed = pod("mofed", [running("mofed-container", ready=False, started=False, seconds=300)],
            labels={"nvidia.com/ofed-driver": ""})  # fmt: skip
case("F-12", objects(node(taints=[SKU_TAINT]), loads), objects(node(), loads, mofed))
hangs = pod("mofed-abcde", [running("mofed-container", ready=False, started=False, seconds=1000)],
            labels={"nvidia.com/ofed-driver": ""})  # fmt: skip

building = {("gpu-operator", "mofed-abcde", "mofed-container"): Tail(("Starting driver build",))}
young = pod("mofed-abcde", [running("mofed-container", ready=False, started=False, seconds=500)],
            labels={"nvidia.com/ofed-driver": ""})  # fmt: skip
case("F-113", World([node(), hangs], building), World([node(), young], building))
killed_build = looped("ofed", "mofed-container", restarts=1, code=143)
case("F-113 killed", objects(node(), killed_build), objects(node(), looped("ofed", "mofed-container", restarts=1)))

# Scheduling
FULL = "0/2 nodes are available: 2 Insufficient nvidia.com/gpu. preemption: none."
offering = node(offers={"nvidia.com/gpu": "8"})
case("F-54", objects(offering, unplaced(FULL)), objects(node(), unplaced(FULL)))
case("F-53", objects(node(), unplaced(FULL, seconds=3000)), objects(node(), unplaced(FULL, seconds=600)))
RDMA = "0/2 nodes are available: 2 Insufficient rdma/ib."
case("F-60", objects(node(), unplaced(RDMA, seconds=1000)), objects(node(), unplaced(RDMA, seconds=600)))
TAINTED = "0/2 nodes are available: 2 node(s) had untolerated taint(s). preemption: none."
case("F-103", objects(node(taints=[SKU_TAINT]), unplaced(TAINTED)),
     objects(node(taints=[SKU_TAINT]), unplaced(TAINTED, seconds=10)))  # fmt: skip
crowded = unplaced("0/2 nodes are available: 2 Too many pods.", seconds=700)
full = event(crowded, "NotTriggerScaleUp", "pod didn't trigger scale-up: 1 max node group size reached")
case("F-102", objects(node(), crowded, full), objects(node(), crowded))


# Gateway, routes, namespaces
def gateway(kind: str, status: str, reason: str, seconds: float = 400, message: str = "") -> World:
    said = condition(kind, status, seconds, reason=reason, message=message)
    return objects(thing("Gateway", "llm-d", namespace="llm-d", status={"conditions": [said]}))


case("F-87", gateway("Programmed", "False", "AddressNotAssigned"),
     gateway("Programmed", "False", "AddressNotAssigned", 60))  # fmt: skip
case("F-114", gateway("Accepted", "Unknown", "Pending", message="Waiting for controller"),
     gateway("Accepted", "True", "Accepted"))  # fmt: skip


def route(status: str) -> World:
    said = condition("ResolvedRefs", status, 400, reason="BackendNotFound")
    return objects(thing("HTTPRoute", "llm-d", namespace="llm-d", status={"parents": [{"conditions": [said]}]}))


case("F-88", route("False"), route("True"))


def namespace(kind: str) -> World:
    return objects(thing("Namespace", "old", status={"conditions": [condition(kind, True, 400)]}))


case("F-96", namespace("NamespaceFinalizersRemaining"), namespace("NamespaceContentRemaining"))

# Phases
for ordinal, (number, message) in enumerate(
    (
        ("F-86", 'no matches for kind "InferencePool" in version "v1"'),
        ("F-92", 'failed calling webhook "vlws.kb.io": connection refused'),
        ("F-93", "another operation (install/upgrade/rollback) is in progress"),
        ("F-94", "Error: UPGRADE FAILED: context deadline exceeded"),
        ("F-95", "Error: cannot re-use a name that is still in use"),
        ("F-97", 'pods "x" is forbidden: unable to create because it is being terminated'),
        ("F-98", "local error: tls: bad record MAC"),
        ("F-99a", 'Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.replicas'),
        ("F-100", "Azure refused to create the pool (ErrCode_InsufficientVCPUQuota)"),
        (
            "F-100",
            "Azure refused to create cluster c: needs 8 vCPU of x in eastus2, 0 free (OperationNotAllowed)",
        ),
        ("F-101", "Azure refused: AllocationFailed"),
        ("F-101", "Azure refused: (OverconstrainedZonalAllocationRequest, correlation id 1)"),
        ("F-117", "Azure could not create node pool gpu: not available (SkuNotAvailable, correlation id 1)"),
        ("F-117", "The zone(s) '1' is not supported. (AvailabilityZoneNotSupported, correlation id 1)"),
        ("F-117", "VM SKUs chosen for agentpool(s) 'gpu' are restricted by AKS. (BadRequest)"),
        ("F-108", "VMExtensionProvisioningError: exit status=50"),
        ("F-111", "OperationNotAllowed: another operation is in progress"),
        ("F-112", "PreviewFeatureNotRegistered: register first"),
        ("F-115", "RequestDisallowedByPolicy: no public addresses"),
        ("F-116", "AuthorizationFailed: the client may not write"),
        ("F-15", 'VMExtensionProvisioningError: exit status="87"'),
    )
):
    case(f"{number} phase {ordinal}", failed_phase(message), failed_phase("The moon is not there."))


@pytest.mark.parametrize("name", CASES)
def test_recognised_and_its_twin_is_not(name: str) -> None:
    number = name.partition(" ")[0]
    sick, healthy = CASES[name]
    assert number in sick.ids()
    assert number not in healthy.ids()


def test_azures_findings_tell_numbers_and_names() -> None:
    lacks = "needs 192 vCPU of standardNDSH100v5Family in eastus2, 96 free: ask for 96 more"
    [finding] = failed_phase(f"Azure refused to create cluster c: {lacks} (ErrCode_InsufficientVCPUQuota)").findings()
    assert finding.cause.endswith(f"in the region: {lacks}.")
    [finding] = failed_phase("Azure refused: (policy assignment: No GPUs) (RequestDisallowedByPolicy, id 1)").findings()
    assert finding.cause == "Azure Policy forbids it: No GPUs."


def test_what_support_asks_for_is_never_cut_off() -> None:
    support = "(AllocationFailed, correlation id 609ea7c7-eef1-4c14-9068-7d3dcaa87ce9)"
    for length in (10, 1000):
        [finding] = failed_phase(f"Azure could not create node pool gpu: {'x' * length} {support}").findings()
        (told,) = [line.text for line in finding.evidence if line.decisive]
        assert told.endswith(support)
        assert len(told) <= 300


def test_without_a_change_to_make_the_command_is_what_tells_more() -> None:
    world = failed_phase("Azure could not create node pool gpu: not available (SkuNotAvailable, correlation id 1)")
    [phase] = world.phases
    look = "llmd-tui capacity --size Standard_ND96isr_H100_v5 --nodes 2"
    [finding] = replace(world, phases=(replace(phase, remedy=f"Another size. `{look}` asks every region."),)).findings()
    assert finding.remedy.command == look


def test_what_who_met_the_error_says_to_run_is_the_command() -> None:
    remedy = "Quota page: https://portal or `az quota update --resource-name x --limit-object value=576`"
    message = "Azure refused to create the pool (ErrCode_InsufficientVCPUQuota)"
    world = failed_phase(message)
    [phase] = world.phases
    world = replace(world, phases=(replace(phase, remedy=remedy),))
    [finding] = [each for each in world.findings() if each.id == "F-100"]
    assert finding.remedy.text == remedy
    assert finding.remedy.command == "az quota update --resource-name x --limit-object value=576"
