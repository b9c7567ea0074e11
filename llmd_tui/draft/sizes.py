"""Orders of the size table."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, TypeAlias, get_args

from llmd_tui.plan.offers import SizeOffer

Sort: TypeAlias = Literal["fit", "price", "memory", "name"]
SORTS: tuple[Sort, ...] = get_args(Sort)

_KEYS: dict[Sort, Callable[[SizeOffer], Any]] = {
    "price": lambda offer: offer.price.usd_per_hour if offer.price else float("inf"),
    "memory": lambda offer: -offer.size.gpu.count * offer.size.gpu.memory_gb,
    "name": lambda offer: offer.size.name,
}


def sorted_offers(offers: Sequence[SizeOffer], by: Sort) -> list[SizeOffer]:
    """`fit` keeps the order that the offers come in; those that cannot be chosen are last in every order."""
    if by == "fit":
        return list(offers)
    return sorted(offers, key=lambda offer: (bool(offer.reason), _KEYS[by](offer)))
