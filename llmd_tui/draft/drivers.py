"""What the drivers' step offers: strategies, and for each the operating systems."""

from dataclasses import dataclass

from llmd_tui.draft.draft import Draft
from llmd_tui.plan.fit import Fit, strategy_fit
from llmd_tui.presets.node_os import NodeOs, node_oses
from llmd_tui.presets.sizes import Size
from llmd_tui.presets.strategies import Strategy, strategies, strategy

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


def kubernetes_version(draft: Draft) -> str | None:
    """None where the cluster is there already."""
    return None if draft.target != "new" else draft.value(KUBERNETES).value


def chosen_strategy(draft: Draft) -> Strategy:
    """The draft's, or the first where it names none that is known."""
    names = {each.name for each in strategies()}
    name = draft.value("drivers").text
    return strategy(name) if name in names else strategies()[0]
