"""Long-running operations of Azure: begun, followed to their end, and why they ended badly."""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from llmd_tui.azure.errors import ArmError, explained
from llmd_tui.azure.resources import CLUSTER, ENDED, Action, abort_command, describe, find, state_word
from llmd_tui.errors import UserError

if TYPE_CHECKING:
    from azure.core.exceptions import AzureError
    from azure.core.polling import AsyncLROPoller

    from llmd_tui.azure.client import Arm

T = TypeVar("T")
OnStatus = Callable[[str], None]

POLL_SECONDS = 5.0
"""Azure names no interval (status requests are limited to 2 a second); the SDK's own default is 30."""
LONGEST_PAUSE = 60.0
"""Between attempts at a cluster that others work on: AKS takes one PUT a minute once its burst is spent."""


async def create(
    arm: "Arm", action: Action, on_status: OnStatus, token: str | None, on_token: Callable[[str], None] | None
) -> Any:
    """A cluster or node pool, by the SDK; with the `token` of an operation no second request is sent.

    A lost connection, and a gateway that answers in Azure's place, only interrupt the waiting. None where Azure took
    the request and names nothing to follow: the resource itself tells then. Raises ArmError.
    """
    from azure.core.exceptions import HttpResponseError

    client, names = await aks(arm, action.path)
    begin: Any = (client.agent_pools if len(names) == 3 else client.managed_clusters).begin_create_or_update
    subject = describe(action)
    with explained(f"create {subject}"):
        while True:
            try:
                poller: AsyncLROPoller[Any] = await begin(
                    *names,
                    dict(action.body or {}),
                    continuation_token=token,
                    polling_interval=arm.clock.wall(POLL_SECONDS),
                    raw_response_hook=_teller(on_status, subject),
                    cls=_raw,
                )
            except HttpResponseError as error:
                # The SDK knows 200 and 201 alone, and takes what was accepted for refused.
                if error.status_code == HTTPStatus.ACCEPTED:
                    return None
                raise
            token = poller.continuation_token()
            if on_token:
                on_token(token)
            if await _ended(arm, poller, on_status, subject):
                return await poller.result()


async def delete(arm: "Arm", action: Action, *, on_status: OnStatus) -> None:
    """Deletes what the PUT `action` made and waits until it is gone. Raises ArmError when Azure refuses."""
    subject = describe(action)
    before = await find(arm, action)
    if before.state == "absent":
        return
    if before.word != "Deleting":
        try:
            await when_free(arm, action, on_status, lambda: _delete(arm, action, on_status, subject))
        except ArmError as error:
            # Gone meanwhile, with the cluster or the group that it was in.
            if error.status != HTTPStatus.NOT_FOUND:
                raise
    # Also for a deletion that somebody else began: of that there is nothing but the resource to look at.
    while (found := await find(arm, action)).word == "Deleting":
        on_status(f"{subject}: Deleting")
        await arm.clock.sleep(POLL_SECONDS)
    if found.state != "absent":
        raise UserError(
            f"{subject} could not be deleted: it is {found.word or 'there'} again.",
            "See its activity log in the portal for what holds it, then try again.",
        )


async def when_free(arm: "Arm", action: Action, on_status: OnStatus, attempt: Callable[[], Awaitable[T]]) -> T:
    """AKS runs one operation on a cluster at a time: another one, of whoever, is waited for."""
    cluster, pause = action.path.partition("/agentPools/")[0], POLL_SECONDS
    while True:
        try:
            return await attempt()
        except ArmError as error:
            if error.kind != "busy":
                raise
            on_status(
                f"{describe(action)}: waits for another operation on the cluster; `{abort_command(cluster)}` ends that"
            )
            while not await _free(arm, cluster, action.api_version):
                await arm.clock.sleep(POLL_SECONDS)
            # Of what goes on in a pool alone the cluster's own state tells nothing.
            await arm.clock.sleep(pause)
            pause = min(LONGEST_PAUSE, pause * 2)


async def aks(arm: "Arm", path: str) -> tuple[Any, list[str]]:
    """The SDK's client and the names of group, cluster and, where it is one, node pool."""
    found = CLUSTER.fullmatch(arm.resolve(path))
    if found is None:
        raise UserError(f"{path} is neither a cluster nor a node pool.")
    return await arm.clusters(found["subscription"]), [found[n] for n in ("group", "cluster", "pool") if found[n]]


async def _free(arm: "Arm", cluster: str, api_version: str) -> bool:
    """Whether nothing goes on in the cluster any more; one that was being deleted is gone then."""
    try:
        return state_word(await arm.get(cluster, api_version)) in ENDED
    except ArmError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return True
        raise


async def _delete(arm: "Arm", action: Action, on_status: OnStatus, subject: str) -> None:
    from azure.core.polling import AsyncLROPoller
    from azure.mgmt.core.polling.async_arm_polling import AsyncARMPolling

    def deleting(_response: Any) -> None:
        on_status(f"{subject}: Deleting")

    pipeline, begun = await arm.begin("DELETE", action.path, action.api_version, f"delete {subject}")
    with explained(f"delete {subject}"):
        following: Any = AsyncARMPolling(arm.clock.wall(POLL_SECONDS), raw_response_hook=deleting)
        await _ended(arm, AsyncLROPoller(pipeline, begun, _nothing, following), on_status, subject)


async def _ended(arm: "Arm", poller: "AsyncLROPoller[Any]", on_status: OnStatus, subject: str) -> bool:
    """Waits for the operation. False when that was interrupted: the operation goes on all the same."""
    from azure.core.exceptions import DecodeError, HttpResponseError, ServiceRequestError, ServiceResponseError

    try:
        await poller.wait()
    except (ServiceRequestError, ServiceResponseError, DecodeError) as error:
        await _interrupted(arm, on_status, subject, error)
    except HttpResponseError as error:
        if (error.status_code or 0) < HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        await _interrupted(arm, on_status, subject, error)
    else:
        return True
    return False


async def _interrupted(arm: "Arm", on_status: OnStatus, subject: str, error: "AzureError") -> None:
    why = " ".join(str(error.message or error).split())[:120]
    on_status(f"{subject}: no answer from Azure, asks again ({why})")
    await arm.clock.sleep(POLL_SECONDS)


def _teller(on_status: OnStatus, subject: str) -> Callable[[Any], None]:
    """A hook that the SDK calls with each response; a PUT's own is not read yet then."""

    def tell(pipeline_response: Any) -> None:
        response = pipeline_response.http_response
        if response.request.method != "GET" or response.status_code != HTTPStatus.OK:
            return
        try:
            body: Mapping[str, Any] = response.json()
        except ValueError:
            return  # The SDK says so itself, a moment later.
        if word := body.get("status") or state_word(body):
            on_status(f"{subject}: {word}")

    return tell


def _raw(pipeline_response: Any, _model: Any, _headers: Any) -> Any:
    return pipeline_response.http_response.json()


def _nothing(_pipeline_response: Any) -> None:
    """A deletion leaves nothing to return."""
