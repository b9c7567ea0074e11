"""The contexts of the kubeconfig, and what answers behind each."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from llmd_tui.errors import UserError
from llmd_tui.loading import load

PATIENCE = 8.0
"""Seconds until a cluster counts as one that does not answer."""
AT_ONCE = 8
ASKED = 40
"""Clusters that are asked by themselves; of more contexts than that, the others when somebody wants to know."""
KUBERNETES = "llmd_tui.kube.connection"
SEEN = 500
"""Nodes that are looked at."""

_UNATTENDED = {"azurecli", "workloadidentity", "msi", "spn", "azd", "azurepipelines"}


@dataclass(frozen=True)
class Known:
    """What the files say. `asks_a_person`: its credential plugin would open a browser or wait for a code."""

    name: str
    current: bool
    asks_a_person: bool


@dataclass(frozen=True)
class Behind:
    """A cluster that answered; `more` when it has more nodes than were looked at for GPUs."""

    kubernetes: str
    nodes: int
    gpus: int
    more: bool


async def known() -> tuple[Known, ...]:
    """The current one first. Raises UserError without a kubeconfig."""
    await load(KUBERNETES)
    return await asyncio.to_thread(_known)


def _known() -> tuple[Known, ...]:
    from llmd_tui.kube.kubeconfig import contexts, plugins

    names, current = contexts()
    asking = {name for name, entry in plugins().items() if _asks_a_person(entry)}
    ordered = sorted(names, key=lambda name: name != current)
    return tuple(Known(name, name == current, name in asking) for name in ordered)


def _asks_a_person(entry: Mapping[str, Any]) -> bool:
    """kubelogin signs in by device code where nothing else is said."""
    if "kubelogin" not in str(entry.get("command")):
        return str(entry.get("interactiveMode")) == "Always"
    said: list[Any] = entry.get("args") or []
    words = [str(word) for word in said]
    methods = [value for flag, value in pairwise(words) if flag in ("-l", "--login")]
    methods += [word.partition("=")[2] for word in words if word.startswith("--login=")]
    return not _UNATTENDED & set(methods)


async def behind(context: str) -> Behind:
    """Raises UserError, in two words and with the reason as remedy, when it refuses or gives no answer in time."""
    await load(KUBERNETES)
    from llmd_tui.kube.connection import Cluster, KubeError, Unreachable

    try:
        async with asyncio.timeout(PATIENCE), await Cluster.connect(None, context) as cluster:
            version, page = await asyncio.gather(
                cluster.version(), cluster.request("GET", "/api/v1/nodes", query={"limit": str(SEEN)})
            )
    except TimeoutError:
        raise UserError("no answer", f"Nothing came within {PATIENCE:.0f}s.") from None
    except Unreachable as error:
        raise UserError("no answer", str(error)) from None
    except KubeError as error:
        raise UserError("refused", str(error)) from None
    except UserError as error:
        raise UserError("no login", str(error)) from None
    nodes: list[Any] = page.get("items") or []
    left = int(page.get("metadata", {}).get("remainingItemCount") or 0)
    return Behind(
        kubernetes=str(version.get("gitVersion", "")).removeprefix("v").partition("-")[0].partition("+")[0],
        nodes=len(nodes) + left,
        gpus=sum(map(_gpus, nodes)),
        more=left > 0,
    )


def _gpus(node: Any) -> int:
    status: dict[str, Any] = node.get("status") or {}
    capacity: dict[str, Any] = status.get("capacity") or {}
    counts = (str(count) for name, count in capacity.items() if name in ("nvidia.com/gpu", "amd.com/gpu"))
    return sum(int(count) for count in counts if count.isdecimal())
