"""How the chosen path is laid out on the chosen nodes: the numbers of the path's step."""

from collections.abc import Iterator
from typing import Any

from llmd_tui.draft.draft import Draft
from llmd_tui.draft.values import PRESET
from llmd_tui.errors import UserError
from llmd_tui.plan.choose import lay_out
from llmd_tui.plan.defaults import complete
from llmd_tui.plan.serving.layout import Layout
from llmd_tui.presets.models import language_model
from llmd_tui.presets.paths import well_lit_path
from llmd_tui.presets.sizes import size


def laid_out(draft: Draft) -> Layout | str:
    """The layout, or in a sentence why there is none."""
    config = draft.sketch()
    if config is None:
        return next((f"{problem.message} {problem.remedy}".strip() for problem in draft.problems()), "")
    try:
        path = well_lit_path(config.path.name)
        whole = complete(config)
        found = lay_out(whole, path, language_model(str(whole.path.model)), size(config.pool.size))
    except UserError as error:
        return str(error)
    if not isinstance(found, Layout):
        return f"{found.message}. {found.remedy}".strip()
    for field, value, why in _told(found, path.router.profiles[0]):
        draft.find(field, value, PRESET, why)
    return found


def _told(found: Layout, profile: str) -> Iterator[tuple[str, Any, str]]:
    """What a layout comes to where nothing was said."""
    for role in found.roles:
        yield f"path.{role.role}.replicas", role.replicas, "fill the nodes"
        yield f"path.{role.role}.tensorParallel", role.tensor_parallel, "GPUs of one replica"
    memory = "memory holds no more" if found.limits_context else "the model's own"
    yield "path.maxModelLen", found.max_model_len, memory
    yield "path.gpuMemoryUtilization", round(found.roles[-1].memory.utilization, 2), "vLLM's part of a GPU"
    yield "path.scorers", profile, "llm-d's own"
