"""Makes a config whole, or says everything that is wrong with it."""

from collections.abc import Callable, Iterator
from math import ceil
from typing import TypeVar

from llmd_tui.config.model import Config, Role
from llmd_tui.config.problems import AnswersError, Place, Problem
from llmd_tui.errors import UserError
from llmd_tui.plan import pool
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.defaults import cache_gib, complete, system_load
from llmd_tui.plan.fit import strategy_fit
from llmd_tui.plan.serving.layout import Layout, Overrides, RoleOverride, Storage, layout
from llmd_tui.plan.serving.problem import Problem as ServingProblem
from llmd_tui.plan.system_pool import lacks
from llmd_tui.presets.models import GIB_PER_GB, LanguageModel, language_model
from llmd_tui.presets.paths import WellLitPath, scorer_profile, well_lit_path
from llmd_tui.presets.releases import Release, release
from llmd_tui.presets.sizes import Size, size, system_size
from llmd_tui.presets.strategies import Strategy, strategies, strategy

Found = TypeVar("Found")
Places = Callable[[str], Place]

TOKEN_CHECK = "hugging-face-token"
"""The check that who waives it has the model by another way."""


def nowhere(_: str) -> Place:
    """The place of values that come from no file."""
    return Place("the answers")


def choose(config: Config, place: Places = nowhere) -> Choice:
    """Raises AnswersError with every problem; `place` tells where a field was said."""

    def known(field: str, find: Callable[[], Found]) -> Found:
        try:
            return find()
        except UserError as error:
            raise AnswersError([Problem(place(field), field, error.message, error.remedy)]) from None

    pins = known("release", lambda: release(config.release))
    on = known("pool.size", lambda: size(config.pool.size))
    path = known("path.name", lambda: well_lit_path(config.path.name))
    if config.path.model:
        known("path.model", lambda: language_model(str(config.path.model)))
    whole = complete(config)
    drivers = strategy(str(whole.drivers))
    model = known("path.model", lambda: language_model(str(whole.path.model)))
    known("path.scorers", lambda: scorer_profile(path, whole.path.scorers))
    if azure := whole.target.azure:
        known("target.azure.systemPool.size", lambda: system_size(str(azure.system_pool.size)))
    placed = lay_out(whole, path, model, on)
    problems = list(_problems(whole, on, drivers, model, pins, place))
    if isinstance(placed, ServingProblem):
        problems.append(Problem(place(placed.field), placed.field, placed.message + ".", placed.remedy))
        raise AnswersError(problems)
    if problems:
        raise AnswersError(problems)
    warnings = tuple(_warnings(whole, path, model, placed))
    return Choice(whole, on, drivers, path, model, placed, pins, placed.nodes, warnings)


def lay_out(config: Config, path: WellLitPath, model: LanguageModel, on: Size) -> Layout | ServingProblem:
    """The layout for a config that is whole."""
    said = config.path
    roles = {"prefill": _override(said.prefill), "decode": _override(said.decode)}
    overrides = Overrides(roles, said.max_model_len, said.gpu_memory_utilization)
    disk = config.pool.os_disk_gib if config.target.azure else None
    storage = Storage(disk, config.cache is not None, config.drivers == "aks-managed-gpu")
    return layout(path, model, on, config.pool.nodes or 1, overrides, storage)


def _override(role: Role) -> RoleOverride:
    return RoleOverride(role.replicas, role.tensor_parallel)


def _problems(
    config: Config, on: Size, drivers: Strategy, model: LanguageModel, pins: Release, place: Places
) -> Iterator[Problem]:
    for field, message, remedy in pool.problems(config.pool, drivers):
        yield Problem(place(field), field, message, remedy)
    azure = config.target.azure
    version = azure.kubernetes_version if azure else None
    fit = strategy_fit(drivers, on, config.pool.os_sku, version)
    if not fit.fits:
        yield Problem(place("drivers"), "drivers", fit.reason + ".", _instead(on, drivers, config.pool.os_sku, version))
    if version and _number(version) < _number(pins.kubernetes.minimum):
        field = "target.azure.kubernetesVersion"
        message = f"llm-d needs Kubernetes {pins.kubernetes.minimum} or newer, not {version}."
        yield Problem(place(field), field, message, f"Leave it out for {pins.kubernetes.default}.")
    cache = config.cache.size_gib if config.cache else None
    if cache is not None and cache < (needed := ceil(model.weights_gb * GIB_PER_GB)):
        field = "cache.sizeGiB"
        message = f"the weights of {model.short} need {needed} GiB, the volume has {cache}."
        yield Problem(place(field), field, message, f"Give {cache_gib(model)} or more.")
    if model.gated and not config.hugging_face_token and TOKEN_CHECK not in config.waive:
        field = "huggingFaceToken"
        remedy = (
            f"Accept its terms on huggingface.co and give a reference such as env:HF_TOKEN, or waive {TOKEN_CHECK}."
        )
        yield Problem(place(field), field, f"is missing: {model.name} is gated.", remedy)


def _instead(on: Size, drivers: Strategy, os_sku: str | None, version: str | None) -> str:
    """What would fit with the least change: another OS for these drivers, other drivers for this OS."""
    skus = [sku for sku in on.os_skus if strategy_fit(drivers, on, sku, version).fits]
    others = [other.name for other in strategies() if strategy_fit(other, on, os_sku, version).fits]
    fitting = (("pool.osSku", skus), ("drivers", others))
    said = [f"{field}: {' or '.join(values)}" for field, values in fitting if values]
    return f"What fits: {'; '.join(said)}." if said else "Take another size."


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2])


def _warnings(config: Config, path: WellLitPath, model: LanguageModel, placed: Layout) -> Iterator[str]:
    yield from placed.notes
    if (azure := config.target.azure) and azure.create:
        on = system_size(str(azure.system_pool.size))
        short_of = list(lacks(system_load(config, path), on, azure.system_pool.nodes or 1))
        yield from (f"system pool: {lack}; the rest runs on the GPU nodes" for lack in short_of[:1])
    if model.gated and not config.hugging_face_token:
        yield f"{model.name} is gated: without huggingFaceToken it loads only where it is there already"
    yield from pool.warnings(config.pool)
    if config.drivers == "aks-managed-gpu":
        yield "aks-managed-gpu is a preview of AKS"
