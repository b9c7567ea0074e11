"""Performs a plan's ARM actions, each to its end."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from llmd_tui.azure.errors import ArmError, cause, explained, refusal
from llmd_tui.azure.pipeline import telling
from llmd_tui.azure.resources import (
    CLUSTER,
    ENDED,
    FEATURE,
    Action,
    abort_command,
    describe,
    find,
    registers,
    state_word,
)
from llmd_tui.errors import UserError

if TYPE_CHECKING:
    from azure.core.polling import AsyncLROPoller

    from llmd_tui.azure.client import Arm

T = TypeVar("T")
OnStatus = Callable[[str], None]

POLL_SECONDS = 5.0
"""Azure names no interval (status requests are limited to 2 a second); the SDK's own default is 30."""
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
            return await _create(arm, action, on_status, token, None)
        except ValueError:
            on_status(f"{describe(action)}: looks again, the saved operation cannot be read")
        except ArmError as error:
            if error.status != 404:
                raise
            on_status(f"{describe(action)}: looks again, Azure no longer knows the saved operation")
    found = await find(arm, action)
    if found.state in ("absent", "broken"):
        if CLUSTER.fullmatch(action.path):
            return await _when_free(arm, action, on_status, lambda: _create(arm, action, on_status, None, on_token))
        await arm.put(action.path, action.api_version, action.body or {})
    return await _settle(arm, action, on_status)


async def abort(arm: "Arm", action: Action) -> None:
    """Asks AKS to give up the latest operation on the action's cluster or node pool, which then ends Canceled."""
    client, names = await _aks(arm, action.path)
    operations: Any = client.agent_pools if len(names) == 3 else client.managed_clusters
    with explained(f"abort the operation on {describe(action)}"):
        poller = await operations.begin_abort_latest_operation(*names, polling_interval=arm.clock.wall(POLL_SECONDS))
        await poller.wait()


async def delete(arm: "Arm", action: Action, *, on_status: OnStatus) -> None:
    """Deletes what the PUT `action` made and waits until it is gone. Raises ArmError when Azure refuses."""

    async def ask() -> None:
        await arm.request("DELETE", action.path, action.api_version)

    with telling(lambda why: on_status(f"{describe(action)}: {why}")):
        before = await find(arm, action)
        if before.state == "absent":
            return
        if before.word != "Deleting":
            await _when_free(arm, action, on_status, ask)
        while (found := await find(arm, action)).state != "absent":
            if found.word == "Failed":
                raise UserError(
                    f"{describe(action)} could not be deleted.", "Look at it in the portal, then try again."
                )
            on_status(f"{describe(action)}: {found.word}")
            await arm.clock.sleep(POLL_SECONDS)


async def _register(arm: "Arm", action: Action, on_status: OnStatus) -> Any:
    """Registering takes minutes; Pending waits for somebody at Microsoft, and not for ever.

    A registered provider is registered again all the same: that is what makes it take new features up.
    """
    found = await find(arm, action)
    if found.state == "done" and FEATURE.match(action.path):
        return found.resource
    begun = arm.clock.time()
    await arm.post(action.path, action.api_version, action.body)
    while (found := await find(arm, action)).state != "done":
        pending = found.word == "Pending"
        if pending and arm.clock.time() - begun > PENDING_SECONDS:
            raise _unapproved(action, arm.clock.time() - begun)
        on_status(f"{describe(action)}: {found.word}{', Microsoft has to approve it' if pending else ''}")
        await arm.clock.sleep(POLL_SECONDS)
    return found.resource


def _unapproved(action: Action, seconds: float) -> UserError:
    feature = FEATURE.match(action.path)
    assert feature is not None
    show = f"az feature show --namespace {feature['provider']} --name {feature['feature']}"
    return UserError(
        f"{describe(action)} is Pending for {round(seconds / 60)}m: Microsoft approves it by hand.",
        f"Resume when `{show}` says Registered; without it: one node, or a size without InfiniBand.",
    )


async def _when_free(arm: "Arm", action: Action, on_status: OnStatus, attempt: Callable[[], Awaitable[T]]) -> T:
    """AKS runs one operation on a cluster at a time: another one, of whoever, is waited for."""
    while True:
        try:
            return await attempt()
        except ArmError as error:
            if error.kind != "busy":
                raise
            cluster = action.path.partition("/agentPools/")[0]
            on_status(
                f"{describe(action)}: waits for another operation on the cluster; `{abort_command(cluster)}` ends that"
            )
            while state_word(await arm.get(cluster, action.api_version)) not in ENDED:
                await arm.clock.sleep(POLL_SECONDS)
            await arm.clock.sleep(POLL_SECONDS)


async def _create(
    arm: "Arm", action: Action, on_status: OnStatus, token: str | None, on_token: Callable[[str], None] | None
) -> Any:
    client, names = await _aks(arm, action.path)
    begin: Any = (client.agent_pools if len(names) == 3 else client.managed_clusters).begin_create_or_update
    with explained(f"create {describe(action)}"):
        poller: AsyncLROPoller[Any] = await begin(
            *names,
            dict(action.body or {}),
            continuation_token=token,
            polling_interval=arm.clock.wall(POLL_SECONDS),
            raw_response_hook=_teller(on_status, describe(action)),
            cls=_raw,
        )
        if on_token:
            on_token(poller.continuation_token())
        return await _outcome(arm, poller, on_status, describe(action))


async def _outcome(arm: "Arm", poller: "AsyncLROPoller[Any]", on_status: OnStatus, subject: str) -> Any:
    """Waits for the operation; a lost connection only interrupts the waiting."""
    from azure.core.exceptions import ServiceRequestError, ServiceResponseError

    while True:
        try:
            return await poller.result()
        except (ServiceRequestError, ServiceResponseError) as error:
            on_status(f"{subject}: no answer from Azure, asks again ({error})")
            await arm.clock.sleep(POLL_SECONDS)


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


def _teller(on_status: OnStatus, subject: str) -> Callable[[Any], None]:
    """A hook that the SDK calls with each response; a PUT's own is not read yet then."""

    def tell(pipeline_response: Any) -> None:
        response = pipeline_response.http_response
        if response.request.method == "GET" and response.status_code == 200:
            body: Mapping[str, Any] = response.json()
            on_status(f"{subject}: {body.get('status') or state_word(body)}")

    return tell


def _raw(pipeline_response: Any, _model: Any, _headers: Any) -> Any:
    return pipeline_response.http_response.json()


async def _aks(arm: "Arm", path: str) -> tuple[Any, list[str]]:
    """The SDK's client and the names of group, cluster and, where it is one, node pool."""
    found = CLUSTER.fullmatch(arm.resolve(path))
    if found is None:
        raise UserError(f"{path} is neither a cluster nor a node pool.")
    return await arm.clusters(found["subscription"]), [found[n] for n in ("group", "cluster", "pool") if found[n]]
