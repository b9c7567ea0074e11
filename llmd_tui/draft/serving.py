"""How the chosen path is laid out on the chosen nodes: the numbers of the path's step."""

from collections.abc import Iterator
from typing import Any

from llmd_tui.config.model import Config
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.values import PRESET
from llmd_tui.errors import UserError
from llmd_tui.plan.choose import lay_out
from llmd_tui.plan.defaults import complete
from llmd_tui.plan.serving.layout import Layout
from llmd_tui.plan.serving.memory import GIB
from llmd_tui.presets.models import LanguageModel, language_model
from llmd_tui.presets.paths import WellLitPath, well_lit_path
from llmd_tui.presets.releases import release
from llmd_tui.presets.sizes import size
from llmd_tui.rollout.words import many


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


def facts(path: WellLitPath, found: Layout | str) -> list[str]:
    """What there is to know about a path: what for, what it needs, and what fits beside the weights."""
    needs = "Needs InfiniBand (rdma/ib) and locked memory." if path.rdma else ""
    return [" ".join(filter(None, [path.summary, path.best, needs])), *_cache_facts(found)]


def _cache_facts(found: Layout | str) -> list[str]:
    if isinstance(found, str):
        return []
    server = found.roles[-1]
    tokens = server.memory.kv_gib * GIB / server.memory.kv_bytes_per_token
    about = f"{tokens / 1e6:.1f} million" if tokens >= 1e6 else f"{round(tokens, -3):,.0f}"
    held = f"A {server.role} server caches about {about} tokens; what is cached of a prompt is not read again."
    return [held, *(f"{note[:1].upper()}{note[1:]}." for note in found.notes)]


def pins(config: Config, path: WellLitPath, model: LanguageModel) -> list[tuple[str, str, str]]:
    """What comes with the release and the path: label, value and source."""
    image = getattr(release(config.release).images, path.container.image)
    block = model.block_size or path.block_size
    found = [("vLLM image", image.rpartition(":")[2], "pin"), ("llm-d", release(config.release).version, "pin")]
    return [("Block size", str(block), PRESET), *found] if block else found


def _told(found: Layout, profile: str) -> Iterator[tuple[str, Any, str]]:
    """What a layout comes to where nothing was said."""
    for role in found.roles:
        yield f"path.{role.role}.replicas", role.replicas, f"{many(role.gpus, 'GPU')} each; they fill the nodes"
        yield f"path.{role.role}.tensorParallel", role.tensor_parallel, "GPUs of one server"
    yield "path.maxModelLen", found.max_model_len, f"{_most(found):,} at most"
    yield "path.gpuMemoryUtilization", round(found.roles[-1].memory.utilization, 2), "vLLM's part of a GPU"
    yield "path.scorers", profile, "llm-d's own"


def _most(found: Layout) -> int:
    """Tokens of the longest context that memory holds and the model was made for."""
    return min(role.memory.fits_tokens for role in found.roles)


def hints(found: Layout) -> dict[str, str]:
    """What is worth knowing under a field, whoever said its value."""
    each = {f"path.{role.role}.replicas": f"{many(role.gpus, 'GPU')} each" for role in found.roles}
    return {**each, "path.maxModelLen": f"{_most(found):,} at most"}
