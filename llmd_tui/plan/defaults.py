"""What a config becomes where it says nothing, and why."""

from math import ceil
from typing import Any

from llmd_tui.config.model import Config
from llmd_tui.plan.system_pool import Load, load, usual
from llmd_tui.presets.defaults import Default, default_values
from llmd_tui.presets.models import GIB_PER_GB, LanguageModel, language_model
from llmd_tui.presets.paths import WellLitPath, well_lit_path
from llmd_tui.presets.releases import Release, release
from llmd_tui.presets.sizes import Size, size
from llmd_tui.presets.strategies import Strategy, strategy

LEAST_CACHE_GIB = 100
STEP_GIB = 50


def defaults(config: Config) -> dict[str, Default]:
    """A default for every field that was not said, by dotted path as the answers file spells it.

    Raises UserError where size, strategy, path, model or release are not known.
    """
    pins = release(config.release)
    chosen_size = size(config.pool.size)
    path = well_lit_path(config.path.name)
    drivers = strategy(config.drivers or str(default_values()["drivers"].value))
    found = {
        **default_values(),
        "release": Default(value=pins.name, why="the newest that is pinned here"),
        "namespace": Default(value=path.namespace, why=f"{path.name}'s own"),
        **_pool(config, chosen_size, drivers, path),
        **_azure(config, pins, path),
        "path.model": Default(value=path.default_model(chosen_size.name), why=f"{path.name}'s own on this size"),
    }
    model = language_model(str(config.path.model or found["path.model"].value))
    found["cache.sizeGiB"] = Default(value=cache_gib(model), why=f"{model.weights_gb:.0f} GB of weights, and room")
    os_sku = config.pool.os_sku or found["pool.osSku"].value
    found["lockedMemory"] = (
        Default(value="containerd", why="Ubuntu 22.04 lets pods lock 64 KiB")
        if os_sku == "Ubuntu2204" and chosen_size.rdma
        else Default(value="ipc-lock", why="lifts the limit, touches no node")
    )
    return {path: default for path, default in found.items() if _unsaid(config, path)}


def cache_gib(model: LanguageModel) -> int:
    """What a volume for the weights should have: they come twice while a new revision loads."""
    return max(LEAST_CACHE_GIB, ceil(model.weights_gb * GIB_PER_GB * 1.5 / STEP_GIB) * STEP_GIB)


def complete(config: Config) -> Config:
    """The config with every default filled in."""
    document = config.model_dump(by_alias=True, exclude_none=True)
    for dotted, default in defaults(config).items():
        *parents, last = dotted.split(".")
        place: dict[str, Any] = document
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = default.value
    return Config.model_validate(document)


def _pool(config: Config, chosen: Size, drivers: Strategy, path: WellLitPath) -> dict[str, Default]:
    nodes = path.default_nodes(chosen.name) or 1
    skus = [sku for sku in drivers.os_skus if sku in chosen.os_skus] or list(drivers.os_skus)
    disk = 2048 if path.multi_host else 1024
    fewest = {"pool.minNodes": Default(value=config.pool.nodes or nodes, why="the plan's own nodes stay")}
    return {
        **(fewest if config.pool.max_nodes else {}),
        "pool.nodes": Default(value=nodes, why=f"what {path.name} is shown on"),
        "pool.osSku": Default(value=skus[0], why=f"the first that {drivers.name} and the size carry"),
        "pool.osDiskGiB": Default(value=disk, why="images and weights"),
    }


def system_load(config: Config, path: WellLitPath) -> Load:
    """What the plan puts on the cluster's system pool."""
    known = default_values()
    monitoring = config.monitoring.enabled
    return load(
        provider=config.gateway.provider or str(known["gateway.provider"].value),
        monitoring=bool(known["monitoring.enabled"].value if monitoring is None else monitoring),
        multi_host=path.multi_host,
    )


def _azure(config: Config, pins: Release, path: WellLitPath) -> dict[str, Default]:
    azure = config.target.azure
    if azure is None:
        return {}
    asked = system_load(config, path)
    nodes = azure.system_pool.nodes or int(default_values()["target.azure.systemPool.nodes"].value)
    size_name = usual(asked, nodes).name
    return {
        "target.azure.kubernetesVersion": Default(value=pins.kubernetes.default, why="tested with this release"),
        "target.azure.systemPool.size": Default(value=size_name, why=str(asked)),
    }


def _unsaid(config: Config, dotted: str) -> bool:
    """Whether the config holds None there. A branch that does not exist at all (azure, cache) takes no default."""
    value: Any = config.model_dump(by_alias=True)
    for part in dotted.split("."):
        if not isinstance(value, dict):
            return False
        value = value.get(part)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return value is None
