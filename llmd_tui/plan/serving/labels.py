"""Labels of what serves: llm-d's own, Kubernetes' recommended ones, and ours."""

from llmd_tui.ours import MANAGED_BY
from llmd_tui.plan.serving.request import ServingRequest
from llmd_tui.plan.serving.roles import RoleLayout


def selector(role: RoleLayout) -> dict[str, str]:
    """What tells the pods of a role apart. The model is not part of it: it may change, a selector may not."""
    return dict(role.labels)


def object_labels(request: ServingRequest, role: RoleLayout) -> dict[str, str]:
    """Of a workload, its pods and whatever belongs to them."""
    return {
        **selector(role),
        "llm-d.ai/inference-serving": "true",
        "llm-d.ai/model": request.model.short,
        "llm-d.ai/engine-type": "vllm",
        "llm-d.ai/accelerator-variant": "gpu",
        "llm-d.ai/accelerator-vendor": "nvidia",
        "app.kubernetes.io/name": "vllm",
        "app.kubernetes.io/component": role.role,
        "app.kubernetes.io/part-of": "llm-d",
        **MANAGED_BY,
    }
