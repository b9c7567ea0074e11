"""How much may be locked, read in the pods themselves."""

from pathlib import Path

import pytest

from llmd_tui.checks.locked_memory import judge
from tests.checks.town import Town, judged, server
from tests.rollout.made import node

NODES = [node("gpu-0")]
WITH, WITHOUT = "CapEff:\t00000000a80465fb\n", "CapEff:\t00000000a80425fb\n"
PROBE = "locked-memory-probe"


@pytest.mark.parametrize(
    ("limit", "capabilities", "result"),
    [
        ("64", WITH, "pass"),
        ("64", WITHOUT, "fail"),
        ("unlimited", WITHOUT, "pass"),
        ("16777216", WITHOUT, "pass"),
        ("16777215", WITHOUT, "fail"),
        ("8192", WITHOUT, "fail"),
    ],
)
async def test_read_in_a_pod(tmp_path: Path, limit: str, capabilities: str, result: str) -> None:
    town = Town([*NODES, server("a")], executes=lambda _: f"{limit}\n{capabilities}")
    line = await judged(tmp_path, town, "locked-memory")
    assert (line.result, f"ulimit -l {limit}" in line.evidence) == (result, True), line


@pytest.mark.parametrize(
    ("log", "result"),
    [
        ("locked memory: ulimit -l 64, IPC_LOCK 1", "pass"),
        ("locked memory: ulimit -l 64, IPC_LOCK 0", "fail"),
        ("something else", "skipped"),
        (None, "skipped"),
    ],
)
async def test_where_nothing_can_be_run_the_probe_tells(tmp_path: Path, log: str | None, result: str) -> None:
    town = Town([*NODES, server("a")], logs={PROBE: f"{log}\n"} if log else {})
    line = await judged(tmp_path, town, "locked-memory")
    assert line.result == result, line
    assert result != "skipped" or "nothing can be run in the pods here" in line.evidence


async def test_nonsense_from_the_pod_is_no_pass(tmp_path: Path) -> None:
    line = await judged(tmp_path, Town([*NODES, server("a")], executes=lambda _: "sh: not found"), "locked-memory")
    assert line.result == "skipped"


async def test_nobody_to_ask(tmp_path: Path) -> None:
    assert (await judged(tmp_path, Town([*NODES, server("a", ready=False)]), "locked-memory")).result == "skipped"


def test_limits_are_in_kib() -> None:
    assert judge("16777216", False)[0]
    with pytest.raises(ValueError, match="x"):
        judge("x", False)
