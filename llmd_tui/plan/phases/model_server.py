"""vLLM, as the path and the size want it."""

from llmd_tui.plan.actions import Apply, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase, Seconds
from llmd_tui.plan.phases.base import GPU_STACK, RDMA_STACK, phase
from llmd_tui.plan.serving.manifests import manifests
from llmd_tui.plan.serving.request import serving_request
from llmd_tui.presets.phases import phase_texts

WEIGHTS_GB_PER_SECOND = 0.5


def model_server(choice: Choice) -> Phase:
    ready = tuple(
        Wait(
            "pods-ready",
            f"{role.pods} {role.role} pods Ready",
            {"namespace": choice.namespace, "labels": role.labels, "count": role.pods},
        )
        for role in choice.layout.roles
    )
    needs = ("access", "workspace", *GPU_STACK) + ((*RDMA_STACK, "locked-memory") if choice.uses_rdma else ())
    if choice.path.multi_host:
        needs += ("lws",)
    return phase(
        "model-server",
        (Apply(tuple(manifests(serving_request(choice)))),),
        ready,
        needs=needs,
        namespaces=(choice.namespace,),
        seconds=_seconds(choice),
    )


def _seconds(choice: Choice) -> Seconds:
    """Pull and start, and the weights over the network."""
    text = phase_texts()["model-server"]
    download = 0 if choice.config.cache else choice.model.weights_gb / WEIGHTS_GB_PER_SECOND
    return Seconds(text.normal_seconds + download, text.slow_seconds + 3 * download)
