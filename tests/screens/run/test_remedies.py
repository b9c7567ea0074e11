"""What the Run screen does with a finding."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from llmd_tui.diagnose.finding import Finding, Remedy, Step, Subject
from llmd_tui.diagnose.text import markdown
from llmd_tui.errors import UserError
from llmd_tui.events import FindingGone
from llmd_tui.run.diagnosis import seen
from screens.run.dialogs import ReasonDialog
from screens.widgets.dialog import Dialog
from tests.pilots import until
from tests.run.town import Town
from tests.screens.run.stage import STANDING, Host, live
from tests.screens.run.test_findings_pane import COMMAND, NOTE, PEERMEM

DANGER = replace(PEERMEM, remedy=replace(PEERMEM.remedy, danger=True))
BY_HAND = replace(PEERMEM, remedy=Remedy("Drain the node.", "kubectl drain n1", danger=True))


@dataclass
class Hands:
    """What was asked of the engine."""

    done: list[str] = field(default_factory=list[str])
    waived: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    refuses: str = ""

    async def remedy(self, finding: Finding) -> str:
        if self.refuses:
            raise UserError(self.refuses, "Wait.")
        self.done.append(finding.id)
        return "pod 9wq7c deleted."

    def accept(self, finding: Finding, reason: str) -> None:
        self.waived.append((finding.id, reason))

    def save(self, finding: Finding) -> Path:
        return Path("evidence-F-64")


@asynccontextmanager
async def screen(*findings: Finding, hands: Hands, acts: bool = True) -> AsyncGenerator[tuple[Host, Pilot[None]]]:
    remedy: Callable[[Finding], Awaitable[str]] | None = hands.remedy if acts else None
    run = live(
        Town(STANDING),
        findings=lambda: findings,
        remedy=remedy,
        accept=hands.accept,
        save_evidence=hands.save,
    )
    host = Host(run)
    async with host.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: host.run_screen.findings_pane.findings == findings)
        yield host, pilot


def toasts(host: Host) -> list[str]:
    return [notification.message for notification in host._notifications]


async def test_x_does_the_remedy_once_wherever_the_focus_is() -> None:
    hands = Hands()
    async with screen(PEERMEM, hands=hands) as (host, pilot):
        host.run_screen.pods.focus()
        await pilot.press("x")
        await until(pilot, lambda: toasts(host))
        assert (hands.done, toasts(host)) == (["F-64"], ["pod 9wq7c deleted."])


async def test_what_is_dangerous_is_asked_first() -> None:
    hands = Hands()
    async with screen(DANGER, hands=hands) as (host, pilot):
        await pilot.press("x")
        await until(pilot, lambda: isinstance(host.screen, Dialog))
        assert COMMAND.split()[0] in host.text
        await pilot.press("escape")
        assert hands.done == []
        await pilot.press("x")
        await until(pilot, lambda: isinstance(host.screen, Dialog))
        await pilot.press("x")
        await until(pilot, lambda: hands.done)


@pytest.mark.parametrize(("finding", "acts"), [(BY_HAND, True), (PEERMEM, False)])
async def test_what_we_cannot_do_is_copied(finding: Finding, acts: bool) -> None:
    hands = Hands()
    async with screen(finding, hands=hands, acts=acts) as (host, pilot):
        await pilot.press("x")
        await until(pilot, lambda: host.clipboard)
        assert host.clipboard == finding.remedy.command
        assert hands.done == []


async def test_a_refusal_is_told() -> None:
    async with screen(PEERMEM, hands=Hands(refuses="[red]The cluster refuses.")) as (host, pilot):
        await pilot.press("x")
        await until(pilot, lambda: toasts(host))
        assert toasts(host) == ["[red]The cluster refuses. Wait."]


async def test_copy_and_export() -> None:
    async with screen(PEERMEM, hands=Hands()) as (host, pilot):
        await pilot.press("f", "c", "e")
        await until(pilot, lambda: len(toasts(host)) == 2)
        assert host.clipboard == markdown(PEERMEM)
        assert toasts(host)[-1].endswith("evidence-F-64")


async def test_waiving_asks_for_a_reason() -> None:
    hands = Hands()
    async with screen(PEERMEM, hands=hands) as (host, pilot):
        await pilot.press("f", "w")
        await until(pilot, lambda: isinstance(host.screen, ReasonDialog))
        await pilot.press("enter")
        assert hands.waived == []
        host.screen.query_one(Input).value = "known since Monday"
        await pilot.press("enter")
        await until(pilot, lambda: hands.waived)
        assert hands.waived == [("F-64", "known since Monday")]


async def test_what_was_waived_is_counted_and_told_with_its_reason() -> None:
    async with screen(hands=Hands()) as (host, pilot):
        run = host.run_screen
        run.live.progress.apply(seen(PEERMEM, 0))
        run.live.progress.apply(FindingGone(1, PEERMEM.phase, PEERMEM.id, PEERMEM.title, "ticket 7"))
        await until(pilot, lambda: "Findings  1 waived" in host.text)
        await until(pilot, lambda: "waived, ticket 7" in host.text)
        await pilot.press("f")
        await until(pilot, lambda: f"Waived, ticket 7: {PEERMEM.title}." in run.verdict_line.verdict.sentence)


async def test_retrying_a_phase_of_a_run_that_has_ended_goes_on_with_the_run() -> None:
    step = Step("retry", Subject("Phase", "", "gpu-operator"))
    finding = replace(PEERMEM, remedy=Remedy("Try it again.", acts=True, steps=(step,)))
    hands = Hands()
    async with screen(finding, hands=hands) as (host, pilot):
        host.run_screen.live.control.cancel()
        await until(pilot, lambda: not host.run_screen.live.control.running)
        await pilot.press("x")
        await until(pilot, lambda: host.run_screen.live.control.running)
        assert hands.done == ["F-64"]


async def test_nothing_known_is_said() -> None:
    async with screen(NOTE, hands=Hands()) as (host, pilot):
        await pilot.press("x")
        await until(pilot, lambda: "remedy" in host.run_screen.verdict_line.verdict.sentence)
