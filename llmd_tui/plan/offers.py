"""What the wizard offers: every size, strategy and path, those that cannot be taken last and with the reason."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from llmd_tui.azure.capacity import Capacity
from llmd_tui.plan.fit import Fit, path_fit, short, strategy_fit
from llmd_tui.plan.serving.layout import Layout, layout
from llmd_tui.presets.models import language_model
from llmd_tui.presets.paths import WellLitPath, well_lit_path, well_lit_paths
from llmd_tui.presets.sizes import Price, Size, sizes
from llmd_tui.presets.sizes import size as size_named
from llmd_tui.presets.strategies import Strategy, strategies


@dataclass(frozen=True)
class SizeFilter:
    """None and empty mean any."""

    rdma: bool | None = None
    fits_quota: bool = False
    path: str | None = None
    gpu: str | None = None
    name: str = ""

    def keeps(self, offer: "SizeOffer") -> bool:
        size = offer.size
        return (
            self.rdma in (None, size.rdma)
            and (not self.fits_quota or bool(offer.nodes_fit))
            and (self.path is None or self.path in offer.paths)
            and self.gpu in (None, size.gpu.model)
            and self.name.lower() in size.name.lower()
        )


@dataclass(frozen=True)
class SizeOffer:
    """A size in the region at hand. `capacity` is None while it is not read, or where there is no Azure.

    `paths` are those that a single pool of it can run. `reason` says in a table's cell why it cannot be chosen, `why`
    the same in a sentence without its end. `price` is of a node's hour.
    """

    size: Size
    capacity: Capacity | None
    paths: tuple[str, ...]
    reason: str
    why: str
    price: Price | None = None

    @property
    def nodes_fit(self) -> int | None:
        return self.capacity.nodes_fit if self.capacity else None


def listed(size: Size) -> Price | None:
    """By the list that came with the program."""
    return size.price


def size_offers(
    capacities: Mapping[str, Capacity] | None,
    only: SizeFilter | None = None,
    price: Callable[[Size], Price | None] = listed,
) -> list[SizeOffer]:
    """Sizes by nodes that fit, then price; those that cannot be chosen last."""
    offers = [size_offer(size, (capacities or {}).get(size.name), price(size)) for size in sizes()]
    kept = [offer for offer in offers if only is None or only.keeps(offer)]
    return sorted(kept, key=_rank)


def size_offer(size: Size, capacity: Capacity | None, price: Price | None) -> SizeOffer:
    paths = _paths(size.name)
    reason, why = _why_not(size, capacity, paths)
    return SizeOffer(size, capacity, paths, reason, why, price)


@cache
def _paths(size: str) -> tuple[str, ...]:
    """Those that a single pool of it can run."""
    return tuple(path.name for path in well_lit_paths() if path_fit(path, size_named(size)).fits)


def _why_not(size: Size, capacity: Capacity | None, paths: tuple[str, ...]) -> tuple[str, str]:
    """For the cell and for the sentence."""
    name = short(size)
    if not paths:
        maker = "AMD: " if size.gpu.vendor == "amd" else ""
        reason = next(iter(size.unfit.paths.values()), f"no layout covers {name}")
        return f"{maker}no path yet", f"{name} has no path yet: {reason}"
    if not any(strategy_fit(strategy, size).fits for strategy in strategies()):
        return "no driver strategy", f"{name} has no driver strategy: {next(iter(size.unfit.strategies.values()), '')}"
    if capacity is None or capacity.nodes_fit or capacity.nodes_fit is None:
        return "", ""
    if not capacity.offered:
        return f"not in {capacity.region}", f"{name} is not offered in {capacity.region}"
    if capacity.restricted:
        return "closed to you", f"{name}: {capacity.reason}"
    return _quota_words(size, capacity)


def _quota_words(size: Size, capacity: Capacity) -> tuple[str, str]:
    name, left, regional = short(size), capacity.left or 0, capacity.regional
    if left >= size.vcpus and regional:
        cell = f"region: {regional.left} left"
        return cell, f"{name} needs {size.vcpus} vCPU, {capacity.region} has {regional.left} left of all sizes together"
    cell = f"{left} left, needs {size.vcpus}" if capacity.limit else f"quota 0, needs {size.vcpus}"
    return cell, f"{name} needs {size.vcpus} vCPU in {capacity.region}, {left} are left"


def _rank(offer: SizeOffer) -> tuple[bool, int, float]:
    price = offer.price.usd_per_hour if offer.price else 0.0
    return bool(offer.reason), -offer.size.gpu.count * (1 + offer.size.rdma), -price


def why_not_size(offer: SizeOffer, nodes: int) -> str:
    """A sentence for the verdict, or nothing when that many nodes of the size can be chosen."""
    if offer.reason:
        return offer.why
    capacity = offer.capacity
    if capacity and capacity.nodes_fit is not None and nodes > capacity.nodes_fit:
        needs, what = nodes * offer.size.vcpus, f"{nodes} × {short(offer.size)}"
        if capacity.regional and needs <= (capacity.left or 0):
            left = capacity.regional.left
            return f"{what} need {needs} vCPU, {capacity.region} has {left} left of all sizes together"
        return f"{what} need {needs} vCPU in {capacity.region}, {capacity.left} are left"
    return ""


@dataclass(frozen=True)
class StrategyOffer:
    strategy: Strategy
    fit: Fit


def strategy_offers(size: Size, os_sku: str | None, kubernetes: str | None) -> list[StrategyOffer]:
    """In their usual order; what an OS or a size rules out says so."""
    return [StrategyOffer(each, strategy_fit(each, size, os_sku, kubernetes)) for each in strategies()]


@dataclass(frozen=True)
class PathOffer:
    """`gpus`: how many GPUs the path takes as it comes, or the fewest that it needs where it cannot run."""

    path: WellLitPath
    fit: Fit
    gpus: int


def path_offers(size: Size, nodes: int) -> list[PathOffer]:
    """Those that can run first."""
    found = ((each, path_fit(each, size, nodes)) for each in well_lit_paths())
    offers = [PathOffer(path, fit, _gpus(path.name, size.name, nodes)) for path, fit in found]
    return sorted(offers, key=lambda offer: not offer.fit.fits)


@cache
def _gpus(path: str, on: str, nodes: int) -> int:
    chosen, size = well_lit_path(path), size_named(on)
    found = layout(chosen, language_model(chosen.default_model(on)), size, nodes)
    if isinstance(found, Layout):
        return found.gpus
    reference = size if chosen.minimum_nodes(on) else size_named(chosen.reference)
    return (chosen.minimum_nodes(reference.name) or 1) * reference.gpu.count
