"""How long it takes to delete what a rollout made."""

from functools import cache

from llmd_tui.presets.loading import Preset, read


class RemovalTime(Preset):
    """Estimates: usual, and what it comes to at times."""

    normal_seconds: float
    slow_seconds: float


class RemovalTimes(Preset):
    """`things` are what was put into a cluster that stays; they go before a pool of it does."""

    things: RemovalTime
    pool: RemovalTime
    cluster: RemovalTime
    group: RemovalTime


@cache
def removal_times() -> RemovalTimes:
    return RemovalTimes.model_validate(read("removal.yaml"))
