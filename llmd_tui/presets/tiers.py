"""The tiers of an AKS cluster's control plane."""

from functools import cache

from llmd_tui.presets.loading import Preset, read


class Tier(Preset):
    """`usd_per_hour` by list price."""

    usd_per_hour: float


@cache
def tiers() -> dict[str, Tier]:
    """By name, the cheapest first."""
    return {name: Tier.model_validate(row) for name, row in read("tiers.yaml").items()}
