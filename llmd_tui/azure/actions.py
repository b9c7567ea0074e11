"""Performs a plan's ARM actions, each to its end."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from llmd_tui.azure import operations
from llmd_tui.azure.errors import ArmError, cause, explained, refusal
from llmd_tui.azure.operations import POLL_SECONDS, OnStatus, aks, create, when_free
from llmd_tui.azure.pipeline import telling
from llmd_tui.azure.resources import CLUSTER, FEATURE, Action, describe, find, registers
from llmd_tui.errors import UserError

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm

PENDING_SECONDS = 900.0
"""How long a feature that waits for Microsoft's approval is waited for; it can take days."""


async def run(
    arm: "Arm",
    action: Action,
    *,
    on_status: OnStatus,
    token: str | None = None,
    on_token: Callable[[str], None] | None = None,
) -> Any:
    """Performs `action` until Azure says that it is done; returns the resource, or the answer to a POST.

    `on_status` also hears why a request is repeated and when. `on_token` gets a continuation token once a long
    operation runs. Given as `token` to a later call, that one goes on waiting and sends no second request. What exists
    is never PUT again: a running operation is waited for, a finished resource returned; only a failed one of our own
    is. Cancelling stops the waiting, not Azure (`resources.goes_on`). Raises ArmError when Azure refuses or the
    operation fails.
    """
    with telling(lambda why: on_status(f"{describe(action)}: {why}")):
        return await _run(arm, action, on_status, token, on_token)


async def _run(
    arm: "Arm",
    action: Action,
    on_status: OnStatus,
    token: str | None,
    on_token: Callable[[str], None] | None,
) -> Any:
    if registers(action):
        return await _register(arm, action, on_status)
    if action.method != "PUT":
        return await arm.request(action.method, action.path, action.api_version, action.body)
    if token:
        try:
            return await create(arm, action, on_status, token, None)
        except ValueError:
            on_status(f"{describe(action)}: looks again, the saved operation cannot be read")
        except ArmError as error:
            if error.status != 404:
                raise
            on_status(f"{describe(action)}: looks again, Azure no longer knows the saved operation")
    found = await find(arm, action)
    if found.state in ("absent", "broken"):
        if CLUSTER.fullmatch(action.path):
            made = await when_free(arm, action, on_status, lambda: create(arm, action, on_status, None, on_token))
            if made is not None:
                return made
        else:
            await arm.put(action.path, action.api_version, action.body or {})
    return await _settle(arm, action, on_status)


async def abort(arm: "Arm", action: Action) -> None:
    """Asks AKS to give up the latest operation on the action's cluster or node pool, which then ends Canceled."""
    client, names = await aks(arm, action.path)
    kind: Any = client.agent_pools if len(names) == 3 else client.managed_clusters
    with explained(f"abort the operation on {describe(action)}"):
        poller = await kind.begin_abort_latest_operation(*names, polling_interval=arm.clock.wall(POLL_SECONDS))
        await poller.wait()


async def delete(arm: "Arm", action: Action, *, on_status: OnStatus) -> None:
    """Deletes what the PUT `action` made and waits until it is gone. Raises ArmError when Azure refuses."""
    with telling(lambda why: on_status(f"{describe(action)}: {why}")):
        await operations.delete(arm, action, on_status=on_status)


async def _register(arm: "Arm", action: Action, on_status: OnStatus) -> Any:
    """Registering takes minutes; Pending waits for somebody at Microsoft, and not for ever.

    A registered provider is registered again all the same: that is what makes it take new features up.
    """
    found = await find(arm, action)
    if found.state == "done" and FEATURE.match(action.path):
        return found.resource
    begun = arm.clock.time()
    if found.state != "running" or not FEATURE.match(action.path):
        await arm.post(action.path, action.api_version, action.body)
    while (found := await find(arm, action)).state != "done":
        pending = found.word == "Pending"
        on_status(f"{describe(action)}: {found.word}{', Microsoft has to approve it' if pending else ''}")
        if pending and arm.clock.time() - begun > PENDING_SECONDS:
            raise _unapproved(action, arm.clock.time() - begun)
        await arm.clock.sleep(POLL_SECONDS)
    return found.resource


def _unapproved(action: Action, seconds: float) -> UserError:
    feature = FEATURE.match(action.path)
    assert feature is not None
    subscription = action.path.split("/")[2]
    show = (
        f"az feature show --namespace {feature['provider']} --name {feature['feature']} --subscription {subscription}"
    )
    return UserError(
        f"{describe(action)} is Pending for {round(seconds / 60)}m: Microsoft approves it by hand.",
        f"Resume when `{show}` says Registered; without it: one node, or a size without InfiniBand.",
    )


async def _settle(arm: "Arm", action: Action, on_status: OnStatus) -> Any:
    """Watches the resource itself: for what answers at once, and where a continuation token was lost."""
    while (found := await find(arm, action)).state == "running":
        on_status(f"{describe(action)}: {found.word}")
        await arm.clock.sleep(POLL_SECONDS)
    if found.state == "done":
        return found.resource
    reason = cause(found.properties.get("status", {}).get("provisioningError") or {})
    if not reason.message:
        word = found.word or "gone"
        raise UserError(f"{describe(action)} is {word}.", "See its activity log in the portal, then try again.")
    raise refusal(f"create {describe(action)}", reason, status=200, url=action.path)
