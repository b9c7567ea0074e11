"""Takes out of a cluster what a plan put into it, in the opposite order.

So a custom resource, and what its operator runs for it, is gone before the chart that brings the operator.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeAlias

from llmd_tui import objects
from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.helm import Helm as Command
from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.errors import KubeError
from llmd_tui.objects import Object
from llmd_tui.ours import MANAGED_BY
from llmd_tui.plan.actions import Apply, Helm
from llmd_tui.plan.graph import Plan
from llmd_tui.rollout.reading import has_labels
from llmd_tui.rollout.words import duration

OnStatus = Callable[[str], None]
Thing: TypeAlias = Object | Helm
"""An object that was applied, or a release."""

GONE_SECONDS = 600.0
"""How long the finalizers of one object are waited for."""
_LOOK_SECONDS = 2.0
_INSIDE = (("v1", "Pod"), ("apps/v1", "Deployment"), ("v1", "Service"), ("v1", "PersistentVolumeClaim"))
"""What somebody else may have put into a namespace of ours."""


@dataclass(frozen=True)
class Reached:
    """A cluster, and helm for it."""

    cluster: Cluster
    helm: Command
    clock: Clock


def named(thing: Thing) -> str:
    """`release gpu-operator`, `NicClusterPolicy nic-cluster-policy`."""
    return f"release {thing.release}" if isinstance(thing, Helm) else f"{thing['kind']} {objects.name(thing)}"


async def ours(plan: Plan, where: Reached) -> list[Thing]:
    """What of the plan is there, the first to go first: objects that carry our label, releases of the plan's charts.

    Kinds that were made known to the cluster stay: others may use them, and with a kind go all its objects.
    """
    found: list[Thing] = []
    namespaces: dict[str, Thing] = {}
    for thing in _backwards(plan):
        if isinstance(thing, Helm):
            if await _installed(thing, where):
                found.append(thing)
        elif await _labelled(thing, where):
            if thing["kind"] == "Namespace":
                namespaces[objects.name(thing)] = thing
            else:
                found.append(thing)
    return [*found, *namespaces.values()]


async def undo(things: list[Thing], where: Reached, on_status: OnStatus) -> list[str]:
    """Removes them one after the other, each until it is gone. Returns what stays, and why.

    Raises UserError when something does not go.
    """
    stays: list[str] = []
    for thing in things:
        on_status(f"{named(thing)}: removing")
        if isinstance(thing, Helm):
            await where.helm.uninstall(thing.release, thing.namespace, on_line=lambda _: None)
        elif thing["kind"] == "Namespace" and (inside := await _others(objects.name(thing), where)):
            stays.append(f"{named(thing)}: it holds {inside}")
        else:
            await _delete(thing, where, on_status)
    return stays


def _backwards(plan: Plan) -> Iterator[Thing]:
    for phase in reversed(plan.phases):
        for action in reversed(phase.actions):
            if isinstance(action, Helm):
                yield action
            elif isinstance(action, Apply):
                yield from reversed(action.objects)


async def _installed(wanted: Helm, where: Reached) -> bool:
    there = await where.helm.release(wanted.release, wanted.namespace)
    return there is not None and there.chart == wanted.chart.rstrip("/").rpartition("/")[2]


async def _labelled(wanted: Object, where: Reached) -> bool:
    live = await _get(wanted, where)
    return live is not None and has_labels(live, MANAGED_BY)


async def _get(wanted: Object, where: Reached) -> Object | None:
    """None when it, its namespace or its kind is not there."""
    try:
        return await where.cluster.get(
            wanted["apiVersion"], wanted["kind"], objects.name(wanted), objects.namespace(wanted)
        )
    except KubeError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return None
        raise


async def _others(namespace: str, where: Reached) -> str:
    """Something that stayed in a namespace; empty when nothing did."""
    for api_version, kind in _INSIDE:
        for obj in await where.cluster.list(api_version, kind, namespace):
            if not objects.is_going(obj):
                return f"{kind} {objects.name(obj)}"
    return ""


async def _delete(thing: Object, where: Reached, on_status: OnStatus) -> None:
    """Foreground: what belongs to it goes first."""
    name, begun = named(thing), where.clock.time()
    try:
        await where.cluster.delete(
            thing["apiVersion"],
            thing["kind"],
            objects.name(thing),
            objects.namespace(thing),
            propagation="Foreground",
        )
    except KubeError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
    while live := await _get(thing, where):
        waited = where.clock.time() - begun
        if waited > GONE_SECONDS:
            holders = ", ".join(live["metadata"].get("finalizers") or ["nothing that is told"])
            raise UserError(
                f"{name} does not go for {duration(waited)}: {holders} holds it.",
                "See what its controller says, then destroy again: it goes on from there.",
            )
        on_status(f"{name}: going for {duration(waited)}")
        await where.clock.sleep(_LOOK_SECONDS)
