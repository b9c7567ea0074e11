"""The pod that the GPU operator's validator makes on each node to add two vectors."""

from collections.abc import Iterable

from llmd_tui.objects import Object, labels
from llmd_tui.simulator.actors.controller import Controller, Key
from llmd_tui.simulator.actors.gpu_operands import NAMESPACE, runtime_class, tolerations, validator_image
from llmd_tui.simulator.actors.meta import mapping, owner_reference, suffix
from llmd_tui.simulator.actors.operands import container
from llmd_tui.simulator.actors.pods import container_status, node_of, phase, pod_spec

_APP = "nvidia-cuda-validator"


class CudaValidators(Controller):
    kinds = ("Pod",)

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if node_of(obj) and labels(obj).get("app") in (_APP, "nvidia-operator-validator"):
            yield ("", node_of(obj))

    async def reconcile(self, key: Key) -> None:
        policy = self.view.get("ClusterPolicy", "cluster-policy")
        here = [pod for pod in self.view.all("Pod", NAMESPACE) if node_of(pod) == key[1]]
        made = [pod for pod in here if labels(pod).get("app") == _APP]
        if policy and not made and any(_at_cuda(pod) for pod in here):
            await self.world.create(_pod(policy, key[1]))


def _at_cuda(pod: Object) -> bool:
    """Whether it is a validator whose step `cuda-validation` runs or is over."""
    if labels(pod).get("app") != "nvidia-operator-validator":
        return False
    state = mapping(container_status(pod, "cuda-validation"), "state")
    return bool(state.keys() & {"running", "terminated"}) or phase(pod) == "Running"


def _pod(policy: Object, node: str) -> Object:
    """Straight to its node, past the scheduler; owned by the ClusterPolicy."""
    used = validator_image(policy)
    spec = {
        "nodeName": node,
        "restartPolicy": "OnFailure",
        "runtimeClassName": runtime_class(policy),
        "serviceAccountName": "nvidia-operator-validator",
        "tolerations": tolerations(policy),
        "initContainers": [container("cuda-validation", used, command=["sh", "-c"], args=["vectorAdd"])],
        "containers": [
            container(_APP, used, command=["sh", "-c"], args=["echo cuda workload validation is successful"])
        ],
    }
    metadata = {
        "name": f"{_APP}-{suffix()}",
        "generateName": f"{_APP}-",
        "namespace": NAMESPACE,
        "labels": {"app": _APP},
        "ownerReferences": [owner_reference(policy)],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod_spec(spec)}
