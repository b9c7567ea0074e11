"""What was chosen in later steps and does not fit an earlier answer that is about to change."""

from collections.abc import Iterator
from dataclasses import dataclass

from llmd_tui.config.model import Config
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.drivers import kubernetes_version
from llmd_tui.draft.steps import Step, step_of
from llmd_tui.errors import UserError
from llmd_tui.plan.choose import lay_out
from llmd_tui.plan.defaults import complete
from llmd_tui.plan.fit import path_fit, strategy_fit
from llmd_tui.plan.serving.problem import Problem
from llmd_tui.presets.models import language_model
from llmd_tui.presets.paths import well_lit_path
from llmd_tui.presets.sizes import Size
from llmd_tui.presets.strategies import strategies


@dataclass(frozen=True)
class Misfit:
    """`reason` is a sentence without its end, the same that the plan says."""

    step: Step
    reason: str


def misfits(draft: Draft, chosen: Size, nodes: int) -> tuple[Misfit, ...]:
    """What of the later steps' answers so many nodes of a size rule out; empty when all of it stays."""
    return tuple(_misfits(draft, chosen, nodes))


def _misfits(draft: Draft, chosen: Size, nodes: int) -> Iterator[Misfit]:
    drivers = draft.answers.get("drivers")
    known = next((each for each in strategies() if each.name == drivers), None)
    os_sku = draft.answers.get("pool.osSku")
    if known and (reason := strategy_fit(known, chosen, os_sku, kubernetes_version(draft)).reason):
        yield Misfit("drivers", reason)
    name = draft.answers.get("path.name")
    try:
        path = well_lit_path(str(name)) if name else None
    except UserError:
        return
    if path is None:
        return
    if reason := path_fit(path, chosen, nodes).reason:
        yield Misfit("path", reason)
    elif problem := _layout_problem(draft, chosen, nodes):
        yield Misfit(step_of(problem.field), problem.message)


def _layout_problem(draft: Draft, chosen: Size, nodes: int) -> Problem | None:
    """Replicas, GPUs of one, context: what was said about the path, on the other nodes."""
    config = draft.sketch()
    if config is None:
        return None
    pool = config.pool.model_copy(update={"size": chosen.name, "nodes": nodes})
    try:
        return _laid_out(config.model_copy(update={"pool": pool}), chosen)
    except UserError:
        return None


def _laid_out(config: Config, chosen: Size) -> Problem | None:
    whole = complete(config)
    path, model = well_lit_path(whole.path.name), language_model(str(whole.path.model))
    found = lay_out(whole, path, model, chosen)
    return found if isinstance(found, Problem) else None
