"""Loads nvidia_peermem on nodes whose driver is AKS's."""

from llmd_tui.objects import Object
from llmd_tui.ours import GPU_NODES, MANAGED_BY
from llmd_tui.plan.actions import Apply, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import Skip, namespace, phase

NAMESPACE = "gpu-resources"
NAME = "nvidia-peermem-reloader"

LOAD = """\
set -eu
chroot /host modprobe nvidia_peermem
touch /tmp/loaded
trap 'exit 0' TERM
echo "nvidia_peermem is loaded, sleeping"
while grep -q '^nvidia_peermem ' /proc/modules; do sleep 10 & wait $!; done
echo "nvidia_peermem was removed, loading it again"
exit 1
"""


def peermem(choice: Choice) -> Phase | Skip:
    if choice.strategy.name != "aks-driver":
        return Skip(f"strategy {choice.strategy.name} loads it, or needs none")
    if not choice.rdma:
        return Skip(f"{choice.size.name} has no InfiniBand")
    ready = {"namespace": NAMESPACE, "name": NAME, "minimum": choice.nodes}
    return phase(
        "peermem",
        (Apply((namespace(NAMESPACE, privileged=True), reloader(choice))),),
        (Wait("daemonset-ready", "nvidia_peermem on every RDMA node", ready),),
        # Built against OFED's symbols: loaded before, it would keep OFED from being reloaded.
        needs=("network-operator",),
        namespaces=(NAMESPACE,),
    )


def reloader(choice: Choice) -> Object:
    """Loads the module and, when an OFED reload takes it away, loads it again."""
    labels = {"name": NAME, **MANAGED_BY}
    container = {
        "name": NAME,
        "image": choice.release.images.probe,
        "command": ["/bin/bash", "-c", LOAD],
        "securityContext": {"privileged": True},
        "resources": {"requests": {"cpu": "10m", "memory": "32Mi"}, "limits": {"memory": "64Mi"}},
        "startupProbe": {"exec": {"command": ["cat", "/tmp/loaded"]}, "periodSeconds": 10, "failureThreshold": 120},
        "volumeMounts": [{"name": "host", "mountPath": "/host"}],
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": {"name": NAME, "namespace": NAMESPACE, "labels": labels},
        "spec": {
            "selector": {"matchLabels": {"name": NAME}},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "nodeSelector": GPU_NODES,
                    "tolerations": choice.tolerations,
                    "priorityClassName": "system-node-critical",
                    "containers": [container],
                    "volumes": [{"name": "host", "hostPath": {"path": "/"}}],
                },
            },
        },
    }
