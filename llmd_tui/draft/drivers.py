"""What the drivers' step offers: strategies, and for each the operating systems."""

from dataclasses import dataclass

from llmd_tui.draft.draft import Draft
from llmd_tui.errors import UserError
from llmd_tui.plan.choose import choose
from llmd_tui.plan.fit import Fit, strategy_fit
from llmd_tui.plan.make import plan_of
from llmd_tui.presets.defaults import default_values
from llmd_tui.presets.node_os import NodeOs, node_oses
from llmd_tui.presets.releases import release
from llmd_tui.presets.sizes import Size
from llmd_tui.presets.strategies import Strategy, strategies, strategy

GPU_PHASES = ("network-operator", "gpu-operator", "device-plugin", "peermem", "managed-gpu", "dranet", "locked-memory")
KUBERNETES = "target.azure.kubernetesVersion"


@dataclass(frozen=True)
class OsOffer:
    os: NodeOs
    fit: Fit


def os_offers(chosen: Strategy, on: Size) -> list[OsOffer]:
    """Every operating system that the size runs, the strategy's first choice first."""
    rank = {name: place for place, name in enumerate(chosen.os_skus)}
    known = sorted(on.os_skus, key=lambda name: rank.get(name, len(rank)))
    return [OsOffer(node_oses()[name], strategy_fit(chosen, on, name)) for name in known]


def usual_os(chosen: Strategy, on: Size) -> str:
    """The first that fits; where none does, the first at all."""
    offers = os_offers(chosen, on)
    return next((offer.os.name for offer in offers if offer.fit.fits), offers[0].os.name)


def until_gpus(chosen: Strategy, on: Size) -> str:
    """How long from a node's Ready until its GPUs can be used, in words."""
    return chosen.until_gpus.rdma if on.rdma else chosen.until_gpus.plain


def consequences(chosen: Strategy, on: Size) -> dict[str, str]:
    """What follows from a strategy on a size, by what it is about."""
    versions = release().components
    said = {
        each.about: (each.text if on.rdma else each.plain or each.text).format_map(versions)
        for each in chosen.consequences
        if on.rdma or not each.rdma_only
    }
    titles = [node_oses()[name].title for name in chosen.os_skus if name in on.os_skus]
    return {"Until GPUs work": until_gpus(chosen, on), **said, "Node OS": _joined(titles) or "none of this size"}


def _joined(titles: list[str]) -> str:
    """`Ubuntu 24.04, 22.04`: a name that comes again is not said again."""
    words: list[str] = []
    for before, title in zip(["", *titles], titles, strict=False):
        family, _, version = title.rpartition(" ")
        words.append(version if before.startswith(f"{family} ") else title)
    return ", ".join(words)


def recommended() -> str:
    """The strategy that is taken where nobody says one."""
    return str(default_values()["drivers"].value)


def follows(draft: Draft, chosen: Strategy, os_sku: str) -> list[str]:
    """What a strategy and an operating system make of the plan, in lines; what is wrong elsewhere is left out."""
    config = draft.sketch()
    if config is None:
        return []
    pool = config.pool.model_copy(update={"os_sku": os_sku})
    try:
        choice = choose(config.model_copy(update={"drivers": chosen.name, "pool": pool}))
    except UserError:
        return []
    phases = [phase.name for phase in plan_of(choice).phases if phase.name in GPU_PHASES]
    profile = ", ".join(f"{key} {value}" for key, value in chosen.gpu_profile.items() if isinstance(value, str))
    where = f"pool {choice.config.pool.name} with gpuProfile {profile}, label sku=gpu" if choice.azure else ""
    lines = [where, f"phases {', '.join(phases)}" if phases else "no phase of ours: all of it comes with the nodes"]
    if choice.azure:
        lines.append("fixed afterwards: another strategy means another node pool")
    return [line for line in lines if line]


def kubernetes_version(draft: Draft) -> str | None:
    """None where the cluster is there already."""
    return None if draft.target != "new" else draft.value(KUBERNETES).value


def chosen_strategy(draft: Draft) -> Strategy:
    """The draft's, or the first where it names none that is known."""
    names = {each.name for each in strategies()}
    name = draft.value("drivers").text
    return strategy(name) if name in names else strategies()[0]
