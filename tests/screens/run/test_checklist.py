"""The Checklist screen over the real scheduler: live, repeated, waived, filtered, exported."""

import asyncio
from pathlib import Path
from xml.etree import ElementTree

import pytest

from screens.widgets.viewer import Viewer
from tests.run.checked import town
from tests.screens.run.hall import Visit, hall, live

HOSTILE = "[red]x[/red] \x1b[31m<script>\u202e a\nb"
SIZES = [(80, 24), (200, 50)]


def written(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


async def select(visit: Visit, key: str) -> None:
    visit.checklist.table.move_to(key)
    await visit.pilot.pause()


@pytest.mark.parametrize("size", SIZES)
async def test_lines_live_from_the_start_to_the_end(size: tuple[int, int]) -> None:
    go = asyncio.Event()
    run = live(town(holds={"services": go}))
    async with hall(run, size=size) as visit:
        assert visit.row("validate/services")["result"] == "· next"
        assert visit.row("left-out/monitors")["evidence"] == "monitoring is off"
        assert visit.verdict == "0 of 6 checks passed, none failed."
        running = asyncio.ensure_future(run.start())
        await visit.until(lambda: visit.row("validate/services")["result"] == "● runs")
        await visit.says("4 of 6 checks passed, none failed.")
        assert "services runs for" in visit.screen.verdict_line.verdict.usual
        assert "● 2 to go" in visit.text
        go.set()
        await running
        await visit.until(lambda: visit.screen.verdict_line.verdict.key == "enter what now")
        assert visit.verdict == "6 of 6 checks passed, none failed."
        assert visit.row("validate/services")["time"] == "1s"
        assert "preflight  2 of 2 passed" in visit.text
        assert "Not part of this path  2 skipped" in visit.text
        await visit.press("enter")
        assert type(visit.app.screen).__name__ == "DoneScreen"


async def test_the_check_under_the_cursor_is_told_in_full() -> None:
    run = live(town())
    async with hall(run) as visit:
        await run.start()
        await select(visit, "validate/gpu-allocatable")
        await visit.shows("7 of 8")
        for words in ("Evidence", "If not", "Counted", "Command", "c copy", "kubectl get nodes"):
            assert words in visit.text, words
        await select(visit, "left-out/monitors")
        await visit.shows("monitoring is off")
        await visit.press("d")
        assert isinstance(visit.app.screen, Viewer)


async def test_r_looks_once_more_and_the_run_goes_on() -> None:
    run = live(town(says={"services": ["fail", "pass"]}))
    async with hall(run) as visit:
        await run.start()
        await visit.says("services failed: services was looked at.")
        assert visit.screen.verdict_line.verdict.key == "r repeat   w waive"
        assert visit.screen.verdict_line.has_class("-failed")
        await select(visit, "validate/services")
        await visit.press("r")
        await visit.until(lambda: visit.screen.verdict_line.verdict.key == "enter what now")
        assert visit.verdict == "6 of 6 checks passed, none failed."


async def test_w_waives_with_a_reason_that_every_export_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = live(town(says={"services": ["fail"]}))
    async with hall(run) as visit:
        await run.start()
        await visit.says("services failed")
        await select(visit, "validate/services")
        await visit.press("w")
        assert "Waive services" in visit.text
        await visit.press("enter")
        assert "Waive services" in visit.text, "without a reason nothing is waived"
        await visit.press(*"ticket 7", "enter")
        await visit.until(lambda: visit.screen.verdict_line.verdict.key == "enter what now")
        assert visit.verdict == "5 of 6 checks passed, 1 waived, none failed."
        assert visit.row("validate/services")["result"] == "▲ waived"
        await visit.press("e")
        assert "no secret is in any of them" in visit.text
        await visit.press("a")
        await visit.shows("6 written into")
        await visit.press("escape")
    names = written(tmp_path)
    assert {"llmd-h100.yaml", "llmd-h100-checks.md", "llmd-h100-checks.html", "llmd-h100-checks.json"} <= names
    for name in ("llmd-h100-checks.md", "llmd-h100-checks.html", "llmd-h100-checks.json", "llmd-h100-checks.xml"):
        assert "ticket 7" in (tmp_path / name).read_text()
    (suite,) = ElementTree.fromstring((tmp_path / "llmd-h100-checks.xml").read_text())
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "3")


async def test_esc_keeps_what_was_to_be_waived() -> None:
    run = live(town(says={"services": ["fail"]}))
    async with hall(run) as visit:
        await run.start()
        await visit.says("services failed")
        await select(visit, "validate/services")
        await visit.press("w", "x", "escape")
        assert visit.row("validate/services")["result"] == "✗ fail"


async def test_what_does_not_work_now_is_no_key() -> None:
    run = live(town())
    async with hall(run) as visit:
        await select(visit, "validate/services")
        keys = visit.text.splitlines()[-1]
        assert "repeat" not in keys
        assert "waive" not in keys
        await run.start()
        await visit.until(lambda: "repeat" in visit.text.splitlines()[-1])
        assert "waive" not in visit.text.splitlines()[-1]


async def test_the_filter_narrows_and_esc_clears_it() -> None:
    run = live(town(says={"services": ["warn"]}))
    async with hall(run) as visit:
        await run.start()
        await visit.until(lambda: visit.row("validate/services")["result"] == "▲ warn")
        await visit.press("slash", *"warn")
        await visit.shows("Checks  1 of 6")
        assert [row.key for row in visit.checklist.table.rows if not row.heading] == ["validate/services"]
        await visit.press(*"zz")
        await visit.shows('No check fits "warnzz". esc clears it.')
        await visit.press("escape")
        await visit.shows("Checks  6")
        assert visit.checklist.table.has_focus


async def test_hostile_evidence_is_text(ascii_only: bool = True) -> None:
    run = live(town(says={"services": ["fail"]}, evidence={"services": HOSTILE}))
    async with hall(run, ascii_only=ascii_only) as visit:
        await run.start()
        await visit.says("services failed")
        await select(visit, "validate/services")
        await visit.pilot.pause()
        assert "[red]x[/red]" in visit.text
        assert "\x1b" not in visit.text
        assert "\u202e" not in visit.text
        assert not ascii_only or visit.text.isascii()
        await visit.press("d", "escape", "w", "escape")


async def test_logs_of_a_check_open_where_there_is_one() -> None:
    run = live(town())
    async with hall(run) as visit:
        await run.start()
        await select(visit, "validate/endpoint-picker")
        assert visit.checklist.check_action("log", ()) is False
        release = visit.checklist.expected.release
        pod = {"kind": "Pod", "metadata": {"name": f"{release}-epp-1", "namespace": run.choice.namespace, "uid": "1"}}
        run.view().apply("Pod", "ADDED", pod)
        await visit.press("l")
        await visit.shows("[red]says[/red] hello")
        await visit.press("escape")


async def test_a_run_that_is_only_looked_at_is_asked_for_nothing() -> None:
    run = live(town(says={"services": ["fail"]}))
    run.here = False
    async with hall(run) as visit:
        await run.start()
        await visit.says("services failed")
        await select(visit, "validate/services")
        visit.checklist._redraw()
        await visit.pilot.pause()
        keys = visit.text.splitlines()[-1]
        assert "repeat" not in keys
        assert "waive" not in keys
        assert visit.screen.verdict_line.verdict.key == "esc run"
