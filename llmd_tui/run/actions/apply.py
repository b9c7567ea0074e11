"""Objects, by server-side apply."""

from collections.abc import Iterable
from typing import Any

from llmd_tui import objects
from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.errors import KubeError
from llmd_tui.objects import Object
from llmd_tui.rollout.words import listing
from llmd_tui.run.actions.patience import Going, insist, refuses_fields
from llmd_tui.run.references import Secrets, resolve
from llmd_tui.run.world import Report

# What the server writes by itself.
_SERVERS_OWN = ("managedFields", "resourceVersion", "generation")


async def as_asked(cluster: Cluster, wanted: Iterable[Object], secrets: Secrets) -> bool:
    """Whether applying these would change nothing: the server itself is asked, by dry run."""
    for obj in wanted:
        try:
            if not await _as_asked(cluster, resolve(obj, secrets)):
                return False
        except KubeError as error:
            # Not there, in a namespace or of a kind that is not there; or it cannot be applied, and applying will tell.
            if error.status in (400, 404, 409, 422) or refuses_fields(error):
                return False
            raise
    return True


async def _as_asked(cluster: Cluster, wanted: Object) -> bool:
    while True:
        live = await cluster.get(wanted["apiVersion"], wanted["kind"], objects.name(wanted), objects.namespace(wanted))
        after = await cluster.apply(wanted, dry_run=True)
        if objects.is_going(live):
            return False
        # A dry run keeps the version of what it started from: when that is another, somebody was faster.
        if after["metadata"]["resourceVersion"] == live["metadata"]["resourceVersion"]:
            return _comparable(live) == _comparable(after)


async def apply(cluster: Cluster, wanted: Iterable[Object], secrets: Secrets, clock: Clock, report: Report) -> None:
    """Applies one after the other, namespaces first; waits for webhooks and kinds that are not ready yet.

    Raises UserError for what the cluster refuses for good.
    """
    for obj in sorted(wanted, key=lambda obj: obj["kind"] != "Namespace"):
        name = f"{obj['kind']} {objects.name(obj)}"

        async def attempt(obj: Object = obj, name: str = name) -> None:
            applied = await cluster.apply(resolve(obj, secrets))
            if objects.is_going(applied):
                raise _going(name, applied)

        try:
            await insist(f"{name} to be accepted", attempt, clock, report)
        except KubeError as error:
            raise UserError(f"{name} was refused: {error.message}", _remedy(error)) from error


def _going(name: str, live: Object) -> Going:
    holders = listing(live["metadata"].get("finalizers") or ["its grace period"])
    return Going(
        f"{name} is there and being deleted: {holders} holds it.",
        "It is made anew when the old one is gone: see what its controller says, then retry.",
    )


def _remedy(error: KubeError) -> str:
    if error.status == 409:
        return "Somebody else set these fields: undo that, or apply it once with `--force-conflicts`; then retry."
    return error.remedy


def _comparable(obj: Object) -> dict[str, Any]:
    metadata = {key: value for key, value in obj["metadata"].items() if key not in _SERVERS_OWN}
    return {**obj, "metadata": metadata, "status": None}
