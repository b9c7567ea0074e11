"""Lets the model servers pin the memory that RDMA needs, and proves it with a pod."""

from llmd_tui.objects import Object
from llmd_tui.ours import GPU_NODES, MANAGED_BY
from llmd_tui.plan.actions import Action, Apply, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase, Seconds
from llmd_tui.plan.phases.base import Skip, namespace, phase
from llmd_tui.plan.serving.pod import locked_memory_annotation
from llmd_tui.presets.phases import phase_texts

NAMESPACE = "llmd-tui-system"
PROBE = "locked-memory-probe"

READ_LIMIT = """\
limit=$(ulimit -l)
granted=$(( (0x$(awk '/^CapEff/ {print $2}' /proc/self/status) >> 14) & 1 ))
echo "locked memory: ulimit -l $limit, IPC_LOCK $granted"
[ "$granted" = 1 ] || [ "$limit" = unlimited ] || [ "$limit" -ge 16777216 ]
"""

# Each replica waits for the one before to be Ready: one containerd restart at a time.
RAISE_LIMIT = """\
set -eu
dropin=/host/etc/systemd/system/containerd.service.d/90-llmd-tui-memlock.conf
wanted='[Service]
LimitMEMLOCK=infinity'
if [ "$(cat "$dropin" 2>/dev/null || true)" != "$wanted" ]; then
  mkdir -p "$(dirname "$dropin")"
  printf '%s\\n' "$wanted" > "$dropin"
  nsenter --target 1 --mount --uts --ipc --net --pid -- systemctl daemon-reload
  nsenter --target 1 --mount --uts --ipc --net --pid -- systemctl restart containerd
fi
ENABLE_NRI
echo "containerd may lock memory without limit"
touch /tmp/done
trap 'exit 0' TERM
while :; do sleep 3600 & wait $!; done
"""

# containerd 1.7 has NRI off; the edit is made on a copy, judged by containerd itself, and put in place in one step.
ENABLE_NRI = """\
config=/host/etc/containerd/config.toml
if [ ! -S /host/var/run/nri/nri.sock ]; then
  copy=$(mktemp -p /host/etc/containerd config.XXXXXX)
  awk '/^\\[plugins\\."io\\.containerd\\.nri\\.v1\\.nri"\\]/ {skip=1; next} /^\\[/ {skip=0} !skip' "$config" > "$copy"
  printf '[plugins."io.containerd.nri.v1.nri"]\\n  disable = false\\n' >> "$copy"
  chroot /host containerd --config "${copy#/host}" config dump > /dev/null
  cp "$config" "$config.before-llmd-tui"
  mv "$copy" "$config"
  nsenter --target 1 --mount --uts --ipc --net --pid -- systemctl restart containerd
fi
"""


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
    return phase(
        "locked-memory", tuple(actions), (probe_done,), needs=_gpu_stack(), namespaces=(NAMESPACE,), seconds=seconds
    )


def _gpu_stack() -> tuple[str, ...]:
    # A containerd restart while the toolkit makes its own would race.
    return (
        "access",
        "gpu-pool",
        "network-operator",
        "gpu-operator",
        "device-plugin",
        "peermem",
        "managed-gpu",
        "dranet",
    )


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
        "command": ["/bin/bash", "-c", READ_LIMIT],
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
    labels = {"app": "memlock", **MANAGED_BY}
    script = RAISE_LIMIT.replace("ENABLE_NRI\n", ENABLE_NRI if choice.config.locked_memory == "nri" else "")
    container = {
        "name": "memlock",
        "image": choice.release.images.probe,
        "command": ["/bin/bash", "-c", script],
        "securityContext": {"privileged": True},
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
        # The restart settles before the next node's turn.
        "readinessProbe": {"exec": {"command": ["cat", "/tmp/done"]}, "initialDelaySeconds": 30, "periodSeconds": 10},
        "volumeMounts": [{"name": "host", "mountPath": "/host"}],
    }
    apart = {"labelSelector": {"matchLabels": {"app": "memlock"}}, "topologyKey": "kubernetes.io/hostname"}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": {"name": "memlock", "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "serviceName": "memlock",
            "podManagementPolicy": "OrderedReady",
            "replicas": choice.nodes,
            "selector": {"matchLabels": {"app": "memlock"}},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "hostPID": True,
                    "nodeSelector": GPU_NODES,
                    "tolerations": choice.tolerations,
                    "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [apart]}},
                    "containers": [container],
                    "volumes": [{"name": "host", "hostPath": {"path": "/"}}],
                },
            },
        },
    }


def ulimit_adjuster(choice: Choice) -> Object:
    """The NRI project's plugin, kept to the GPU nodes and let past their taints."""
    labels = {"app.kubernetes.io/name": "nri-plugin-ulimit-adjuster", **MANAGED_BY}
    container = {
        "name": "plugin",
        "image": choice.release.images.ulimit_adjuster,
        "args": ["-idx", "10"],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "resources": {"requests": {"cpu": "2m", "memory": "5Mi"}, "limits": {"memory": "50Mi"}},
        "volumeMounts": [{"name": "nri-socket", "mountPath": "/var/run/nri/nri.sock"}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": "ulimit-adjuster", "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "selector": {"matchLabels": {"app.kubernetes.io/name": "nri-plugin-ulimit-adjuster"}},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "nodeSelector": GPU_NODES,
                    "tolerations": choice.tolerations,
                    "priorityClassName": "system-node-critical",
                    "containers": [container],
                    "volumes": [
                        {"name": "nri-socket", "hostPath": {"path": "/var/run/nri/nri.sock", "type": "Socket"}}
                    ],
                },
            },
        },
    }
