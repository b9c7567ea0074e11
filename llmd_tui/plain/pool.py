"""The GPU nodes: which size, how many, and who brings the driver."""

from llmd_tui.azure.prices import source
from llmd_tui.commands.talk import say
from llmd_tui.draft.drivers import chosen_strategy, kubernetes_version, os_offers, usual_os
from llmd_tui.draft.misfits import misfits
from llmd_tui.plain.ask import Option
from llmd_tui.plain.everywhere import look_everywhere
from llmd_tui.plain.flow import Question
from llmd_tui.plain.interview import Interview, sentence
from llmd_tui.plan.fit import short
from llmd_tui.plan.offers import SizeOffer, strategy_offers
from llmd_tui.presets.sizes import size
from llmd_tui.presets.strategies import strategy
from llmd_tui.rollout.words import many

ALL_REGIONS = Option("all regions", "All regions", "which of them has room for a size")
SIZE, NODES, DRIVERS, OS_SKU = "pool.size", "pool.nodes", "drivers", "pool.osSku"


def _ask_size(ask: Interview) -> None:
    """Goes back when the place has room for no size at all, and there is no other one."""
    offers = {offer.size.name: offer for offer in ask.session.offers()}
    reasons = {name: offer.reason or ask.session.why_not(offer, 1) for name, offer in offers.items()}
    options = [Option(name, short(offer.size), _about(offer), reasons[name]) for name, offer in offers.items()]
    if ask.draft.target == "new" and ask.session.azure.locations.value:
        options.append(ALL_REGIONS)
    chosen = ask.choose("GPU size", options, ask.draft.value(SIZE).text)
    if chosen == ALL_REGIONS.key:
        look_everywhere(ask)
    else:
        ask.draft.choose(SIZE, chosen)


def _about(offer: SizeOffer) -> str:
    on, capacity = offer.size, offer.capacity
    parts = [f"{on.gpu.count} × {on.gpu.model} with {on.gpu.memory_gb} GB"]
    parts += [f"RDMA {on.rdma_gbps} Gb/s each"] if on.rdma else []
    parts += [f"${price.usd_per_hour:,.2f}/h ({source(on, price)})"] if (price := offer.price) else []
    if capacity and capacity.nodes_fit:
        parts.append(f"quota for {many(capacity.nodes_fit, 'node')}")
    elif capacity and capacity.nodes_fit is None:
        parts.append("Azure tells no quota")
    return ", ".join(parts)


def _ask_nodes(ask: Interview) -> None:
    name = ask.draft.value(SIZE).text
    offer = next(offer for offer in ask.session.offers() if offer.size.name == name)

    def refused() -> str:
        return ask.session.why_not(offer, ask.session.nodes_of(offer.size))

    usual = ask.session.nodes_of(offer.size)
    ask.text(NODES, f"How many nodes of {short(offer.size)}", str(usual), refused=refused)
    ask.draft.take(NODES)
    for misfit in misfits(ask.draft, offer.size, ask.session.nodes_of(offer.size)):
        say(f"Does not fit any more: {sentence(misfit.reason)}")


def _ask_drivers(ask: Interview) -> None:
    chosen_size = size(ask.draft.value(SIZE).text)
    offers = strategy_offers(chosen_size, None, kubernetes_version(ask.draft))
    options = [
        Option(
            offer.strategy.name,
            offer.strategy.name,
            f"{offer.strategy.summary}{f' ({offer.fit.note})' if offer.fit.note else ''}",
            offer.fit.reason,
        )
        for offer in offers
    ]
    ask.draft.choose(DRIVERS, ask.choose("GPU drivers", options, chosen_strategy(ask.draft).name))


def _ask_os(ask: Interview) -> None:
    """The operating system that carries the drivers."""
    chosen, on = strategy(ask.draft.value(DRIVERS).text), size(ask.draft.value(SIZE).text)
    offers = os_offers(chosen, on)
    fitting = [offer.os for offer in offers if offer.fit.fits]
    if len(fitting) == 1:
        say(f"Node OS: {fitting[0].title}, the only one that {chosen.name} and the size carry.")
        system = fitting[0].name
    else:
        said = ask.draft.answers.get(OS_SKU)
        options = [Option(each.os.name, each.os.title, each.os.note, each.fit.reason) for each in offers]
        usual = said if said in [each.name for each in fitting] else usual_os(chosen, on)
        system = ask.choose("Node OS", options, usual)
    ask.draft.set(OS_SKU, system)


SIZE_AND_NODES = (Question(_ask_size), Question(_ask_nodes))
DRIVERS_AND_OS = (Question(_ask_drivers), Question(_ask_os))
