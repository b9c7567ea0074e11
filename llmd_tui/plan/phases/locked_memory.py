"""Lets the model servers pin the memory that RDMA needs, and proves it with a pod."""

from llmd_tui.objects import Object
from llmd_tui.ours import GPU_NODES, MANAGED_BY
from llmd_tui.plan.actions import Action, Apply, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase, Seconds
from llmd_tui.plan.phases.base import GPU_STACK, RDMA_STACK, Skip, namespace, phase
from llmd_tui.plan.phases.node_pods import daemonset, on_gpu_nodes, on_the_host
from llmd_tui.plan.serving.pod import locked_memory_annotation
from llmd_tui.presets.phases import phase_texts
from llmd_tui.presets.scripts import script

NAMESPACE = "llmd-tui-system"
PROBE = "locked-memory-probe"
NEEDS = ("access", *GPU_STACK, *RDMA_STACK)
"""A containerd restart while the toolkit makes its own would race."""


def locked_memory(choice: Choice) -> Phase | Skip:
    if not choice.uses_rdma:
        return Skip(f"{choice.path.name} moves nothing over RDMA" if choice.rdma else "no InfiniBand, no need")
    how = choice.config.locked_memory
    probe_done = Wait("pod-succeeded", "a pod that reads its own limit", {"namespace": NAMESPACE, "name": PROBE})
    actions: list[Action] = [Apply((namespace(NAMESPACE, privileged=True),))]
    text = phase_texts()["locked-memory"]
    seconds = Seconds(text.normal_seconds, text.slow_seconds)
    if how in ("containerd", "nri"):
        actions += [Apply((raise_limit(choice),)), _raised(choice)]
        seconds = Seconds(seconds.normal + 60 * choice.nodes, seconds.slow + 180 * choice.nodes)
    if how == "nri":
        actions += [Apply((ulimit_adjuster(choice),)), _adjusting(choice)]
    actions.append(Apply((probe(choice),)))
    return phase("locked-memory", tuple(actions), (probe_done,), needs=NEEDS, namespaces=(NAMESPACE,), seconds=seconds)


def _raised(choice: Choice) -> Wait:
    arguments = {"namespace": NAMESPACE, "labels": {"app": "memlock"}, "count": choice.nodes}
    return Wait("pods-ready", "containerd's limit raised, one node at a time", arguments)


def _adjusting(choice: Choice) -> Wait:
    arguments = {"namespace": NAMESPACE, "name": "ulimit-adjuster", "minimum": choice.nodes}
    return Wait("daemonset-ready", "the ulimit adjuster on every GPU node", arguments)


def probe(choice: Choice) -> Object:
    """A pod with the model servers' own rights."""
    annotations: dict[str, str] = {}
    if choice.config.locked_memory == "nri":
        annotations = locked_memory_annotation(PROBE)
    capabilities = {} if choice.config.locked_memory == "nri" else {"add": ["IPC_LOCK"]}
    container = {
        "name": PROBE,
        "image": choice.release.images.probe,
        "command": ["/bin/bash", "-c", script("read-limit")],
        "securityContext": {"capabilities": capabilities},
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
    }
    metadata = {"name": PROBE, "namespace": NAMESPACE, "labels": {"app": PROBE, **MANAGED_BY}}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata | ({"annotations": annotations} if annotations else {}),
        "spec": {
            "restartPolicy": "Never",
            "nodeSelector": GPU_NODES,
            "tolerations": choice.tolerations,
            "containers": [container],
        },
    }


def raise_limit(choice: Choice) -> Object:
    """One pod a node, started one after the other; a reimaged node gets it again."""
    selector = {"app": "memlock"}
    labels = {**selector, **MANAGED_BY}
    nri = script("enable-nri") if choice.config.locked_memory == "nri" else ""
    # The restart settles before the next node's turn.
    done = {"exec": {"command": ["cat", "/tmp/done"]}, "initialDelaySeconds": 30, "periodSeconds": 10}
    raises = script("raise-limit").replace("ENABLE_NRI\n", nri)
    container, host = on_the_host(choice, "memlock", raises, {"readinessProbe": done})
    apart = {"labelSelector": {"matchLabels": selector}, "topologyKey": "kubernetes.io/hostname"}
    affinity = {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [apart]}}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "memlock", "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "serviceName": "memlock",
            "podManagementPolicy": "OrderedReady",
            "replicas": choice.nodes,
            "selector": {"matchLabels": selector},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"hostPID": True, **on_gpu_nodes(choice, container, host, affinity=affinity)},
            },
        },
    }


def ulimit_adjuster(choice: Choice) -> Object:
    """The NRI project's plugin, kept to the GPU nodes and let past their taints."""
    container = {
        "name": "plugin",
        "image": choice.release.images.ulimit_adjuster,
        "args": ["-idx", "10"],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "resources": {"requests": {"cpu": "2m", "memory": "5Mi"}, "limits": {"memory": "50Mi"}},
        "volumeMounts": [{"name": "nri-socket", "mountPath": "/var/run/nri/nri.sock"}],
    }
    socket = {"name": "nri-socket", "hostPath": {"path": "/var/run/nri/nri.sock", "type": "Socket"}}
    metadata = {"name": "ulimit-adjuster", "namespace": NAMESPACE}
    selector = {"app.kubernetes.io/name": "nri-plugin-ulimit-adjuster"}
    return daemonset(metadata, selector, on_gpu_nodes(choice, container, socket))
