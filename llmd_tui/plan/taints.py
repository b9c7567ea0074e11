"""Taints of GPU nodes, and what lets everything of ours onto them all the same."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from llmd_tui.config.model import Pool
from llmd_tui.objects import Object

GPU = "sku=gpu:NoSchedule"
"""What `pool.taint` puts on them, as in AKS's own guides."""

_USUAL: tuple[Object, ...] = (
    {"key": "sku", "operator": "Equal", "value": "gpu", "effect": "NoSchedule"},
    {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"},
    # AKS puts it on spot nodes by itself.
    {"key": "kubernetes.azure.com/scalesetpriority", "operator": "Equal", "value": "spot", "effect": "NoSchedule"},
)


def of(pool: Pool) -> list[str]:
    """What we put on the pool's nodes, as `key=value:effect`."""
    return [*([GPU] if pool.taint else ()), *pool.taints]


def tolerations(pool: Pool) -> list[Object]:
    """Of every pod that is to run on the GPU nodes."""
    return [*map(dict, _USUAL), *_further(pool.taints)]


def tolerating(values: Mapping[str, Any], pool: Pool) -> dict[str, Any]:
    """A chart's values with every list of tolerations in them extended by the pool's own taints."""
    further = _further(pool.taints)
    return _extended(values, further) if further else dict(values)


def _further(taints: Iterable[str]) -> list[Object]:
    found: list[Object] = []
    for taint in taints:
        pair, _, effect = taint.rpartition(":")
        key, _, value = pair.partition("=")
        found.append({"key": key, "operator": "Equal", "value": value, "effect": effect})
    return found


def _extended(values: Mapping[str, Any], further: Sequence[Object]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in values.items():
        if key == "tolerations" and isinstance(value, list):
            made[key] = [*cast(list[Any], value), *map(dict, further)]
        else:
            made[key] = _extended(cast(Mapping[str, Any], value), further) if isinstance(value, Mapping) else value
    return made
