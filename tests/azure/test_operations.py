"""Long-running operations in every shape that ARM has for them, by the real SDK."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from llmd_tui.azure.errors import ArmError
from llmd_tui.azure.operations import delete
from llmd_tui.errors import UserError
from tests.azure.cloud import POOL, action, put_group, put_pool, run
from tests.azure.scripted import IDS, Said, scripted

PUT, GET, DELETE = "PUT /agentPools/gpu", "GET /agentPools/gpu", "DELETE /agentPools/gpu"
STATUS, RESULT = "GET /operations/1", "GET /operationresults/1"
FOLLOW = {"Azure-AsyncOperation": "{url}/operations/1?t=0&c=signed"}
PLACE = {"Location": "{url}/operationresults/1?t=0"}
ABSENT = Said(404, {"error": {"code": "ResourceNotFound", "message": "no such pool"}})


def pool(state: str) -> dict[str, Any]:
    return {"id": POOL, "name": "gpu", "properties": {"provisioningState": state, "vmSize": "Standard_ND96isr_H100_v5"}}


def status(word: str, error: Any = None) -> Said:
    return Said(body={"name": "1", "status": word, **({"error": error} if error else {})})


GOES_ON, DONE = status("InProgress"), status("Succeeded")
THERE = Said(body=pool("Succeeded"))
CREATING = Said(201, pool("Creating"))


@pytest.mark.parametrize(
    ("put", "more", "asked"),
    [
        pytest.param(
            Said(201, pool("Creating"), FOLLOW), {STATUS: [GOES_ON, DONE], GET: [ABSENT, THERE]}, STATUS, id="status"
        ),
        pytest.param(Said(202, None, PLACE), {GET: [ABSENT, Said(body=pool("Creating")), THERE]}, GET, id="accepted"),
        pytest.param(
            Said(201, pool("Creating"), {**FOLLOW, **PLACE}),
            {STATUS: [GOES_ON, DONE], GET: [ABSENT, THERE]},
            STATUS,
            id="both, of which the status counts",
        ),
        pytest.param(
            CREATING, {GET: [ABSENT, Said(body=pool("Creating")), THERE]}, GET, id="neither: the resource tells"
        ),
        pytest.param(THERE, {GET: [ABSENT, THERE]}, GET, id="done at once"),
        pytest.param(Said(202), {GET: [ABSENT, Said(body=pool("Creating")), THERE]}, GET, id="202 that says nothing"),
        pytest.param(
            Said(201, pool("Creating"), FOLLOW),
            {STATUS: [Said(body=GOES_ON.body, headers={"Retry-After": "0.01"}), DONE], GET: [ABSENT, THERE]},
            STATUS,
            id="Retry-After in seconds",
        ),
        pytest.param(
            Said(201, pool("Creating"), {**FOLLOW, "Retry-After": "soon"}),
            {STATUS: [Said(body=GOES_ON.body, headers={"Retry-After": "soon"}), DONE], GET: [ABSENT, THERE]},
            STATUS,
            id="Retry-After that is none",
        ),
    ],
)
async def test_an_operation_is_followed(monkeypatch: pytest.MonkeyPatch, put: Said, more: Any, asked: str) -> None:
    more = {**more, GET: more.get(GET, [ABSENT, THERE])}
    async with scripted(monkeypatch, {PUT: [put], **more}) as (arm, script):
        made = await arm.run(put_pool(), on_status=lambda _: None)
    assert made["properties"]["provisioningState"] == "Succeeded"
    assert script.asked.count(PUT) == 1
    assert asked in script.asked


async def test_a_date_says_when_to_ask_again(monkeypatch: pytest.MonkeyPatch) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
    waits = Said(body=GOES_ON.body, headers={"Retry-After": soon})
    answers = {PUT: [Said(201, pool("Creating"), FOLLOW)], STATUS: [waits, DONE], GET: [ABSENT, THERE]}
    async with scripted(monkeypatch, answers) as (arm, script):
        await run(arm, put_pool())
    assert script.asked.count(STATUS) == 2


QUOTA = {"code": "QuotaExceeded", "message": "exceeding approved X Cores quota"}


@pytest.mark.parametrize(
    ("last", "code", "said"),
    [
        pytest.param(status("Failed", QUOTA), "QuotaExceeded", "approved X Cores quota", id="flat"),
        pytest.param(
            status("Failed", {"code": "Outer", "message": json.dumps({"error": QUOTA})}),
            "QuotaExceeded",
            "approved X",
            id="within its message",
        ),
        pytest.param(
            status("Failed", {"code": "Outer", "message": "m", "details": [{"code": "Mid", "details": [QUOTA]}]}),
            "QuotaExceeded",
            "approved X",
            id="within details",
        ),
        pytest.param(status("Failed"), "Failed", "the operation ended Failed", id="without a reason"),
        pytest.param(status("Canceled"), "Canceled", "the operation ended Canceled", id="aborted"),
        pytest.param(
            status("Canceled", {"code": "OperationPreempted", "message": "preempted by another operation"}),
            "OperationPreempted",
            "preempted by another",
            id="aborted, with a reason",
        ),
    ],
)
async def test_how_an_operation_ends_badly(monkeypatch: pytest.MonkeyPatch, last: Said, code: str, said: str) -> None:
    answers = {PUT: [Said(201, pool("Creating"), FOLLOW)], STATUS: [GOES_ON, last], GET: [ABSENT]}
    async with scripted(monkeypatch, answers) as (arm, _):
        with pytest.raises(ArmError) as failure:
            await run(arm, put_pool())
    error = failure.value
    assert (error.code, error.status) == (code, 200)
    assert error.message.startswith("Azure could not create node pool gpu of llmd: ")
    assert said in error.message
    assert IDS["x-ms-correlation-request-id"] in error.message
    assert error.remedy


@pytest.mark.parametrize(
    "between",
    [
        pytest.param([Said(503, {"error": {"code": "ServiceUnavailable", "message": "back soon"}})] * 5, id="503"),
        pytest.param([Said(502, text="<html>Bad gateway</html>")] * 5, id="a gateway's page"),
        pytest.param([Said(200, text="<html>Log in to this network</html>")], id="a proxy's page"),
    ],
)
async def test_an_outage_only_interrupts_the_waiting(monkeypatch: pytest.MonkeyPatch, between: list[Said]) -> None:
    """Azure goes on creating what is billed: a gateway's answer is not Azure's refusal."""
    answers = {
        PUT: [Said(201, pool("Creating"), FOLLOW)],
        STATUS: [GOES_ON, *between, GOES_ON, DONE],
        GET: [ABSENT, THERE],
    }
    async with scripted(monkeypatch, answers) as (arm, script):
        told = await run(arm, put_pool())
    assert script.asked.count(PUT) == 1
    assert any("node pool gpu of llmd: no answer from Azure, asks again" in text for text in told)


async def test_a_page_instead_of_an_answer_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hotel's network, a proxy that wants a login: 200, and no JSON."""
    page = Said(200, text="<html>Log in to this network</html>")
    async with scripted(monkeypatch, {"GET /resourceGroups/llmd": [page], "GET /skus": [page]}) as (arm, _):
        with pytest.raises(UserError, match="is no JSON but text/html") as failure:
            await arm.look(put_group())
        with pytest.raises(UserError, match="is no JSON but text/html"):
            await arm.fetch("/subscriptions/x/skus", "2021-07-01")
    assert "proxy" in failure.value.remedy


async def test_a_cluster_that_was_being_deleted_is_free_when_it_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    busy = Said(409, {"code": "OperationNotAllowed", "message": "there's an in progress delete operation"})
    cluster = {"properties": {"provisioningState": "Deleting"}}
    answers = {
        PUT: [busy, Said(201, pool("Creating"), FOLLOW)],
        "GET /managedClusters/llmd": [Said(body=cluster), ABSENT],
        STATUS: [DONE],
        GET: [ABSENT, THERE],
    }
    async with scripted(monkeypatch, answers) as (arm, script):
        await run(arm, put_pool())
    assert script.asked.count(PUT) == 2


LOCKED = {"code": "ScopeLocked", "message": "The scope cannot perform delete: following scope(s) are locked: '/a'."}


@pytest.mark.parametrize(
    ("begun", "more", "said"),
    [
        pytest.param(Said(409, {"error": LOCKED}), {}, "are locked", id="refused"),
        pytest.param(Said(202, None, FOLLOW), {STATUS: [GOES_ON, status("Failed", QUOTA)]}, "approved X", id="status"),
        pytest.param(
            Said(202, None, PLACE),
            {RESULT: [Said(202, None, PLACE), Said(409, {"error": LOCKED})]},
            "are locked",
            id="location, as of a resource group",
        ),
        pytest.param(Said(202), {}, "it is Succeeded again", id="nothing to follow"),
    ],
)
async def test_a_deletion_that_fails_says_why_and_ends(
    monkeypatch: pytest.MonkeyPatch, begun: Said, more: Any, said: str
) -> None:
    """A group, a pool, is Succeeded again then: whoever waits for it to be gone waits for ever."""
    pools = [THERE, Said(body=pool("Deleting")), THERE] if begun.status == 202 and not more else [THERE]
    async with scripted(monkeypatch, {DELETE: [begun], GET: pools, **more}) as (arm, _):
        with pytest.raises(UserError) as failure:
            await delete(arm, action("DELETE", POOL), on_status=lambda _: None)
    assert said in failure.value.message
    assert failure.value.remedy


async def test_a_deletion_is_followed_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    answers = {
        DELETE: [Said(202, None, {**FOLLOW, **PLACE})],
        GET: [THERE, Said(body=pool("Deleting")), ABSENT],
        STATUS: [GOES_ON, DONE],
        RESULT: [Said(204)],
    }
    async with scripted(monkeypatch, answers) as (arm, script):
        await delete(arm, action("DELETE", POOL), on_status=told.append)
    assert script.asked.count(DELETE) == 1
    assert "node pool gpu of llmd: Deleting" in told
