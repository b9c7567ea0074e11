"""The NVIDIA driver and what comes with it, by the GPU operator."""

from llmd_tui.plan.actions import Apply, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import Skip, available, namespace, on_every_node, phase, release

NAMESPACE = "gpu-operator"


def gpu_operator(choice: Choice) -> Phase | Skip:
    if choice.strategy.name != "gpu-operator":
        return Skip(f"strategy {choice.strategy.name} brings its own driver")
    return phase(
        "gpu-operator",
        (Apply((namespace(NAMESPACE, privileged=True),)), release(choice, "gpu-operator")),
        (
            available(NAMESPACE, "gpu-operator"),
            gpus_allocatable(choice),
            Wait("gpu-operator-ready", "the GPU operator's pods on every node", on_every_node(choice), hold=5),
        ),
        needs=("access",),
        # Its NFD is the network operator's, and its driver is built against OFED.
        after=("gpu-pool", "network-operator"),
        namespaces=(NAMESPACE,),
    )


def gpus_allocatable(choice: Choice) -> Wait:
    count = choice.size.gpu.count
    return Wait(
        "allocatable",
        f"nvidia.com/gpu {count} on every GPU node",
        {**on_every_node(choice), "resource": "nvidia.com/gpu", "each": count},
    )
