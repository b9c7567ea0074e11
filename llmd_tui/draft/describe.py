"""All that is known about one thing that can be chosen, as a text to read and copy."""

import time
from collections.abc import Iterable, Iterator, Mapping

from llmd_tui.azure.capacity import Capacity
from llmd_tui.azure.prices import source
from llmd_tui.azure.quota import quota_page
from llmd_tui.draft.drivers import consequences
from llmd_tui.draft.everywhere import Place
from llmd_tui.draft.session import Session
from llmd_tui.plan.fit import Fit, path_fit, short, strategy_fit
from llmd_tui.plan.offers import SizeOffer
from llmd_tui.presets.models import language_model
from llmd_tui.presets.node_os import node_oses
from llmd_tui.presets.paths import WellLitPath, scorer_profiles, well_lit_paths
from llmd_tui.presets.sizes import Size
from llmd_tui.presets.strategies import Strategy, strategies

LABEL = 18


def size_text(session: Session, offer: SizeOffer, nodes: int) -> str:
    """A size: its hardware, its price, what the region has of it, and what runs on it."""
    size = offer.size
    sections = [
        _rows([*_hardware(size), *_price(offer)]),
        _rows(_region(offer)),
        _heading("Driver strategies", ((each.name, _fits(strategy_fit(each, size))) for each in strategies())),
        _heading(
            f"Paths on {nodes} of them",
            ((path.name, _fits(path_fit(path, size, nodes))) for path in well_lit_paths()),
        ),
    ]
    if reason := session.why_not(offer, nodes):
        sections.insert(0, f"Cannot be chosen: {reason.rstrip('.')}.")
    return "\n\n".join(filter(None, sections))


def place_text(session: Session, place: Place) -> str:
    """A size in a region: its quota, its price, what is lacking and how to ask for it."""
    lacks, reading = place.shortage, place.reading
    parts = [
        f"{place.wanted} in {place.region}",
        _rows([*_region(place.offer), *_price(place.offer), ("age", reading.words(time.monotonic()))]),
    ]
    if lacks:
        page = [("lacking", str(lacks)), ("quota page", quota_page())]
        command = lacks.command(session.azure.subscription)
        parts += [_rows([*page, ("command", command)] if command else page)]
    elif place.why:
        parts.append(place.why)
    if reading.error:
        parts.append(f"{reading.error} {reading.remedy}".strip())
    return "\n\n".join(parts)


def region_text(capacities: Mapping[str, Capacity]) -> str:
    """What a region has of every size that is known here, those that fit first."""
    rows = [
        (row, f"{row.nodes_fit} fit, {row.left} of {row.limit} vCPU left")
        for row in capacities.values()
        if row.nodes_fit
    ]
    rows += [(row, row.reason) for row in capacities.values() if not row.nodes_fit]
    return _rows((row.size.removeprefix("Standard_"), text) for row, text in rows)


def path_text(path: WellLitPath, size: Size, nodes: int) -> str:
    """A well-lit path: what it is, on which sizes it runs, which models and scorer profiles it has."""
    models = ((name, language_model(name).needs) for name in path.models)
    profiles = ((name, scorer_profiles()[name].title) for name in path.router.profiles)
    sizes = (
        (name.removeprefix("Standard_"), f"from {on.minimum_nodes} nodes on, shown on {on.nodes}")
        for name, on in path.sizes.items()
    )
    facts = [
        ("seeds' name", path.seed_title),
        ("namespace", path.namespace),
        ("workload", path.workload),
        ("RDMA", "yes" if path.rdma else "no"),
        (f"{nodes} × {short(size)}", _fits(path_fit(path, size, nodes))),
    ]
    parts = [path.summary, _rows(facts), _heading("Models", models), _heading("Scorer profiles", profiles)]
    return "\n\n".join([*parts, _heading("Sizes", sizes)])


def strategy_text(chosen: Strategy, size: Size, os_sku: str, kubernetes: str | None) -> str:
    """A driver strategy: what follows from it, and on which operating systems it works here."""
    systems = (
        (node_oses()[name].title, _fits(strategy_fit(chosen, size, name, kubernetes), node_oses()[name].note))
        for name in size.os_skus
    )
    here = _rows([(f"on {short(size)}", _fits(strategy_fit(chosen, size, os_sku, kubernetes)))])
    return "\n\n".join(
        [chosen.summary, here, _rows(consequences(chosen, size).items()), _heading("Operating systems", systems)]
    )


def _hardware(size: Size) -> Iterator[tuple[str, str]]:
    gpu = size.gpu
    yield "name", size.name
    yield "GPUs", f"{gpu.count} × {gpu.model} with {gpu.memory_gb} GB, {gpu.count * gpu.memory_gb} GB in all"
    yield "vCPU, memory", f"{size.vcpus} vCPU, {size.memory_gib} GiB"
    yield "InfiniBand", f"{gpu.count} × {size.rdma_gbps} Gb/s" if size.rdma else "none"
    yield "network cards", str(size.nics)
    yield "temporary disk", f"{size.local_disk_gib} GiB" if size.local_disk_gib else "none known"
    yield "processor", size.arch
    yield "operating systems", ", ".join(node_oses()[name].title for name in size.os_skus)


def _price(offer: SizeOffer) -> Iterator[tuple[str, str]]:
    price = offer.price
    told = f"${price.usd_per_hour:,.2f}/h in {price.region} ({source(offer.size, price)})" if price else "not known"
    yield "price of a node", told


def _region(offer: SizeOffer) -> Iterator[tuple[str, str]]:
    capacity = offer.capacity
    if capacity is None:
        return
    yield "region", capacity.region
    yield "quota", capacity.family
    if capacity.limit is not None:
        yield "its vCPU", f"{capacity.used} of {capacity.limit} used, {capacity.left} left"
    if capacity.regional:
        regional = capacity.regional
        yield "region's vCPU", f"{regional.used} of {regional.limit} used, {regional.left} left"
    yield "zones", " ".join(capacity.zones) or "none"
    yield "nodes that fit", "Azure tells no quota" if capacity.nodes_fit is None else str(capacity.nodes_fit)


def _fits(fit: Fit, note: str = "") -> str:
    return f"✗ {fit.reason}" if fit.reason else "; ".join(filter(None, ["✓ fits", fit.note, note]))


def _heading(title: str, rows: Iterable[tuple[str, str]]) -> str:
    return f"{title}\n{_rows(rows)}"


def _rows(rows: Iterable[tuple[str, str]]) -> str:
    known = list(rows)
    width = max((len(label) for label, _ in known), default=0)
    return "\n".join(f"{label:<{max(width, LABEL)}}  {text}" for label, text in known)
