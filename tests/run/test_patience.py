"""Which failures are worth another attempt."""

import pytest

from llmd_tui.errors import UserError
from llmd_tui.helm import HelmError
from llmd_tui.kube.errors import KubeError, Unreachable
from llmd_tui.run.actions.patience import Going, insist, patience
from tests.run.listening import Listening
from tests.run.virtual import VirtualClock, run

WEBHOOK = KubeError(500, "InternalError", 'failed calling webhook "mpod.lws": connect: connection refused')
CONFLICT = KubeError(409, "Conflict", "conflict with kubectl-edit", {"causes": [{"reason": "FieldManagerConflict"}]})


@pytest.mark.parametrize(
    "error",
    [
        WEBHOOK,
        Unreachable("broken off"),
        Going("ConfigMap settings is being deleted"),
        KubeError(429, "TooManyRequests", "slow down"),
        KubeError(503, "ServiceUnavailable", ""),
        KubeError(409, "Conflict", "the object has been modified"),
        KubeError(403, "Forbidden", "is being terminated", {"causes": [{"reason": "NamespaceTerminating"}]}),
        KubeError(404, "NotFound", "no such kind yet"),
        HelmError("helm failed", "", "Error: failed calling webhook"),
    ],
)
def test_what_passes_by_itself(error: UserError) -> None:
    assert patience(error) > 0


@pytest.mark.parametrize(
    "error",
    [
        CONFLICT,
        KubeError(400, "BadRequest", "unknown field"),
        KubeError(500, "InternalError", "failed to create typed patch object (n/web): .spec.x: field not declared"),
        KubeError(401, "Unauthorized", ""),
        KubeError(403, "Forbidden", "no role"),
        KubeError(422, "Invalid", ""),
        HelmError("helm failed", "", "Error: chart not found"),
        UserError("no"),
    ],
)
def test_what_does_not(error: UserError) -> None:
    assert patience(error) == 0


class Flaky:
    def __init__(self, error: UserError, times: int) -> None:
        self.error, self.times, self.attempts = error, times, 0

    async def __call__(self) -> str:
        self.attempts += 1
        if self.attempts <= self.times:
            raise self.error
        return "done"


class Sleeping(Listening):
    async def rest(self, seconds: float) -> None:
        await super().rest(seconds)
        await VirtualClock().sleep(seconds)


def test_it_is_said_what_is_waited_for_and_why() -> None:
    report = Sleeping()
    assert run(insist("LWS to be accepted", Flaky(WEBHOOK, 3), VirtualClock(), report)) == "done"
    assert report.waited_for == [("LWS to be accepted", WEBHOOK.message)] * 3
    assert report.rested == [0.5, 1, 2]


def test_the_server_says_how_long_to_wait() -> None:
    report = Sleeping()
    busy = KubeError(429, "TooManyRequests", "slow down", retry_after=30)
    assert run(insist("x", Flaky(busy, 1), VirtualClock(), report)) == "done"
    assert report.rested == [30]


def test_patience_ends() -> None:
    report = Sleeping()
    with pytest.raises(KubeError):
        run(insist("x", Flaky(KubeError(404, "NotFound", "never"), 10_000), VirtualClock(), report))
    assert 60 <= sum(report.rested) <= 90
    assert max(report.rested) == 15


def test_what_no_waiting_cures_fails_at_once() -> None:
    flaky = Flaky(CONFLICT, 1)
    with pytest.raises(KubeError):
        run(insist("x", flaky, VirtualClock(), Sleeping()))
    assert flaky.attempts == 1
