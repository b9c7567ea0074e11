"""The wizard's states beside the happy one: loading, refused, empty, stale, thousands of rows."""

import re
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from llmd_tui.azure.listed import Location
from llmd_tui.clock import Clock
from llmd_tui.draft.draft import Draft
from llmd_tui.draft.kubernetes import Contexts
from llmd_tui.draft.steps import Step
from llmd_tui.presets.scenarios import AzureFault, scenario
from llmd_tui.simulator.arm import Cloud, serve
from screens.app import LlmdApp
from screens.glyphs import Symbols
from screens.wizard.review import ReviewScreen
from screens.wizard.size import SizeScreen
from screens.wizard.target import TargetScreen
from tests.screens.stage import Stage, stage

PRESET = "h100-pd-disaggregation"
SKUS = "GET .*/Microsoft.Compute/(skus|.*usages)"


@asynccontextmanager
async def at_the_target(
    monkeypatch: pytest.MonkeyPatch, *faults: AzureFault, size: tuple[int, int] = (120, 40), **azure: Any
) -> AsyncGenerator[Stage]:
    """On an Azure with faults; nothing was read yet."""
    clock = Clock(speed=60)
    cloud = Cloud(scenario().azure.model_copy(update=azure), clock)
    cloud.faults.add(*faults)
    arm = await serve(clock, cloud)
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", arm.url)
    app = LlmdApp(Draft.begin(), Symbols())
    try:
        async with app.run_test(size=size) as pilot:
            shown = Stage(app, pilot, arm)
            await shown.on("target")
            yield shown
    finally:
        await arm.close()


async def test_a_region_that_never_answers_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    never = AzureFault(fault="slow", on=SKUS, times=None, seconds=1e6)
    async with at_the_target(monkeypatch, never) as shown:
        await shown.until(lambda: "eastus2" in shown.text)
        await shown.says("Reading what eastus2 has room for.")
        assert "0 of 3 read" in shown.text
        await shown.press("down")
        await shown.says("Reading what southcentralus has room for.")
        await shown.press("up", "enter")
        await shown.on("size")
        assert shown.verdict == "1 × ND96isr_H100_v5 can be chosen."
        assert "reading for" in shown.text
        await shown.press("enter")
        await shown.on("drivers")


async def test_a_login_that_ran_out_is_told_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    expired = AzureFault(fault="expired-token", on="GET /subscriptions", times=None)
    async with at_the_target(monkeypatch, expired) as shown:
        await shown.until(lambda: shown.screen.verdict_line.verdict.band == "failed")
        assert "Traceback" not in shown.text
        assert shown.screen.verdict_line.verdict.key == "r try again   i log in"
        assert "r tries again" in shown.text
        shown.arm.cloud.faults.clear()
        await shown.press("r")
        await shown.says("has room for")


async def test_a_region_that_refuses_is_told_in_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    expired = AzureFault(fault="expired-token", on=SKUS, times=None)
    async with at_the_target(monkeypatch, expired) as shown:
        await shown.until(lambda: shown.screen.verdict_line.verdict.state == "slow")
        assert shown.verdict.startswith("eastus2: ")
        await shown.until(lambda: re.search(r"westeurope +\? +\?", shown.text) is not None)
        shown.arm.cloud.faults.clear()
        await shown.press("r")
        await shown.says("eastus2 has room for")


async def test_a_login_without_a_subscription(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, ready=False) as shown:

        async def none(*_: object, **__: object) -> list[object]:
            return []

        monkeypatch.setattr("llmd_tui.azure.client.Arm.subscriptions", none)
        await shown.press("r")
        await shown.until(lambda: shown.screen.verdict_line.verdict.band == "failed")
        assert "subscription" in shown.verdict


async def test_what_was_read_stays_when_it_cannot_be_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset=PRESET) as shown:
        shown.arm.cloud.faults.add(AzureFault(fault="expired-token", on=SKUS, times=None))
        await shown.open("size")
        await shown.press("r")
        await shown.until(lambda: "stale" in shown.text)
        assert "✓ 4 nodes" in shown.text
        assert shown.screen.verdict_line.verdict.state == "slow"
        assert shown.screen.verdict_line.verdict.key == "r try again"


@pytest.mark.parametrize("text", ["", "contexts: []", "apiVersion: v1\nkind: Config\ncontexts: null"])
async def test_an_empty_kubeconfig(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str) -> None:
    file = tmp_path / "config"
    file.write_text(text)
    monkeypatch.setenv("KUBECONFIG", str(file))
    async with stage(monkeypatch, ready=False) as shown:
        shown.screen.query_one("#where").focus()
        await shown.press("down", "down")
        contexts = shown.app.session.kube
        await shown.until(lambda: contexts.contexts.state in ("ready", "failed"))
        says = ("The kubeconfig has no context.", contexts.contexts.error or "-")
        await shown.until(lambda: any(words in shown.text for words in says))
        await shown.press("enter")
        assert shown.screen.STEP == "target"


async def test_two_thousand_contexts(monkeypatch: pytest.MonkeyPatch) -> None:
    names = tuple(f"team-{number % 40}-cluster-{number:04}" for number in range(2000))
    async with stage(monkeypatch, ready=False) as shown:
        kube = shown.app.session.kube
        await shown.until(lambda: kube.contexts.state == "failed")
        shown.screen.query_one("#where").focus()
        await shown.press("down", "down")
        await shown.until(lambda: kube.contexts.state == "failed")
        kube.contexts = kube.contexts.ready(Contexts(names, None), time.monotonic())
        screen = shown.screen
        assert isinstance(screen, TargetScreen)
        screen.show()
        await shown.pilot.pause()
        assert "2000 found" in shown.text
        screen.places.current.focus()
        await shown.press("G")
        assert screen.places.current.cursor_key == names[-1]
        await shown.press("slash", *"0777")
        assert [row.key for row in screen.places.current.rows] == ["team-17-cluster-0777"]
        assert "1 of 2000" in shown.text
        await shown.press("escape")
        assert len(screen.places.current.rows) == 2000


async def test_five_hundred_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch) as shown:
        screen = shown.screen
        assert isinstance(screen, TargetScreen)
        azure = shown.app.session.azure
        known = azure.region("eastus2")
        regions = tuple(Location(f"region{number:03}", f"Region {number}") for number in range(500))
        azure.locations = azure.locations.ready(regions, time.monotonic())
        azure.regions = {region.name: known for region in regions[:300]}
        screen.show()
        await shown.pilot.pause()
        assert "300 of 500 read" in shown.text
        await shown.press("slash", *"region49", "enter")
        assert [row.key for row in screen.places.current.rows] == [f"region49{digit}" for digit in range(10)]
        await shown.press("escape", "s", "g")
        assert screen.places.current.cursor_key == "region000"
        await shown.press("G")
        assert screen.places.current.cursor_key == "region499"


async def test_nothing_fits_the_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch) as shown:
        await shown.press("slash", *"nowhere")
        assert 'Nothing is called "nowhere". esc clears it.' in shown.text
        await shown.press("enter", "enter")
        assert shown.screen.STEP in ("target", "size")


async def test_a_size_that_is_not_there_names_a_region_that_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset=PRESET) as shown:
        await shown.until(lambda: shown.app.session.azure.regions_read == 3)
        shown.app.session.draft.set("target.azure.region", "southcentralus")
        await shown.open("size")
        screen = shown.screen
        assert isinstance(screen, SizeScreen)
        await shown.until(lambda: screen.verdict_line.verdict.state == "blocked")
        assert shown.verdict.startswith("ND96isr_H100_v5 needs 96 vCPU in southcentralus, ")
        assert screen.verdict_line.verdict.usual == "eastus2 has room for 4 nodes."


async def test_checks_on_the_review_tell_what_would_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "simulated")
    async with stage(monkeypatch, preset=PRESET) as shown:
        shown.arm.cloud.faults.add(
            AzureFault(fault="denied", value="Microsoft.ContainerService/managedClusters/agentPools/write")
        )
        await shown.open("review")
        screen = shown.screen
        assert isinstance(screen, ReviewScreen)
        await shown.until(lambda: bool(screen.lines))
        results = {line.id: line.result for line in screen.lines}
        assert results["azure-quota"] == "pass"
        assert f"{sum(each == 'pass' for each in results.values())} passed" in shown.text
        monkeypatch.setenv("LLMD_TUI_HELM", "llmd-tui-no-such-command")
        await shown.press("r")
        await shown.until(lambda: screen.verdict_line.verdict.state == "slow")
        assert screen.verdict_line.verdict.key == "Y create even so"
        assert screen.verdict_line.verdict.sentence.endswith("No such file or directory.")
        assert ".." not in screen.verdict_line.verdict.sentence


async def test_commands_and_files_are_looked_at_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "simulated")
    async with stage(monkeypatch, preset=PRESET, ready=False) as shown:
        await shown.open("review")
        screen = shown.screen
        assert isinstance(screen, ReviewScreen)
        await shown.press("tab", "down", "c")
        first = shown.app.clipboard
        assert first.startswith("az ")
        assert "\n" not in first
        await shown.press("enter")
        assert first[:40] in shown.text
        await shown.press("escape", "o", *"values/gpu-op", "enter")
        await shown.until(lambda: "values/gpu-operator.yaml" in shown.text)
        await shown.press("c")
        assert "driver" in shown.app.clipboard
        await shown.press("escape")
        assert shown.screen is screen


async def test_the_bundle_goes_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_TOKEN", "simulated")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "llm-d-bundle").mkdir()
    (tmp_path / "llm-d-bundle" / "mine").touch()
    async with stage(monkeypatch, preset=PRESET, ready=False) as shown:
        await shown.open("review")
        await shown.press("e", "down", "enter")
        assert "is not an empty directory" in shown.text
        await _type(shown.pilot, "2")
        assert (tmp_path / "llm-d-bundle2" / "install.sh").is_file()
        assert (tmp_path / "llm-d-bundle2" / "values" / "gpu-operator.yaml").is_file()
        await shown.on("review")


async def _type(pilot: Pilot[int], more: str) -> None:
    """At the end of the path."""
    await pilot.press("tab", "end", *more, "enter")
    await pilot.pause()


async def test_reading_again_and_again_breaks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    slowly = AzureFault(fault="slow", on="GET ", times=None, seconds=3)
    async with at_the_target(monkeypatch, slowly) as shown:
        for _ in range(6):
            await shown.press("r")
        await shown.says("eastus2 has room for")
        await shown.press("r", "enter")
        await shown.on("size")
        await shown.press("r", "r", "escape", "r")
        await shown.on("target")
        await shown.says("eastus2 has room for")


async def test_turning_away_while_it_signs_in_and_back(monkeypatch: pytest.MonkeyPatch) -> None:
    slowly = AzureFault(fault="slow", on="GET /subscriptions$", times=None, seconds=20)
    async with at_the_target(monkeypatch, slowly) as shown:
        await shown.says("Signing in")
        shown.screen.query_one("#where").focus()
        await shown.press("down", "down")
        assert shown.app.session.draft.target == "kubeconfig"
        await shown.press("up", "up")
        await shown.says("eastus2 has room for")


async def test_a_click_on_a_step_that_is_done_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset=PRESET) as shown:
        await shown.open("path")
        await shown.pilot.click("#rail", offset=(4, 0))
        await shown.on("target")
        await shown.pilot.click("#rail", offset=(30, 0))
        await shown.pilot.pause()
        assert shown.screen.STEP == "target"


async def test_one_key_brings_every_kind_of_choice_back(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset="h100-optimized-baseline", ready=False) as shown:
        draft = shown.app.session.draft
        before = draft.value("pool.nodes").text
        await shown.open("size")
        await shown.press("plus", "plus")
        assert "you" in shown.text
        await shown.press("ctrl+r")
        screen = shown.screen
        assert isinstance(screen, SizeScreen)
        assert (str(screen.nodes), draft.said("pool.nodes")) == (before, False)
        await shown.open("drivers")
        await shown.press("right", "enter")
        await shown.on("path")
        assert draft.value("drivers").text == "aks-driver"
        await shown.press("escape")
        await shown.on("drivers")
        await shown.press("ctrl+r")
        assert draft.value("drivers").text == "gpu-operator"
        await shown.open("path")
        shown.screen.query_one("#scorers").focus()
        await shown.press("down")
        assert draft.value("path.scorers").text == "balanced"
        await shown.press("ctrl+r")
        assert draft.value("path.scorers").text == "load-aware"


@pytest.mark.parametrize("step", ["size", "drivers", "path"])
async def test_everything_that_is_known_is_a_key_away(monkeypatch: pytest.MonkeyPatch, step: Step) -> None:
    async with stage(monkeypatch, preset=PRESET, ready=False) as shown:
        await shown.open(step)
        before = shown.screen
        await shown.press("d")
        await shown.until(lambda: "esc close" in shown.text)
        assert "ND96isr_H100_v5" in shown.text
        await shown.press("c", "escape")
        assert "ND96isr_H100_v5" in shown.app.clipboard
        assert shown.app.screen is before
