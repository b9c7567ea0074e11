"""What is told about checks fits the checks that there are."""

from pathlib import Path

from llmd_tui.checks.checklist import CHECKS, Checklist
from llmd_tui.checks.commands import log_of
from llmd_tui.presets.checks import check_texts
from tests.checks.town import EXPECTED, Town, reach


def test_every_check_is_explained() -> None:
    assert set(check_texts()) == set(CHECKS)
    assert len({text.title for text in check_texts().values()}) == len(CHECKS)
    assert all(text.normal_seconds < text.slow_seconds for text in check_texts().values())


def test_every_check_can_be_looked_at_by_hand() -> None:
    by_hand = {name: check.command(EXPECTED) for name, check in CHECKS.items()}
    assert {name for name, command in by_hand.items() if not command} == {"hugging-face-token"}


def test_logs_are_of_what_is_there() -> None:
    logs = {name: found for name in CHECKS if (found := log_of(name, EXPECTED))}
    assert {"endpoint-picker", "model-servers", "inference-request", "gpu-operator-pods"} <= set(logs)
    assert logs["endpoint-picker"].prefix == "demo-epp-"
    assert log_of("helm", EXPECTED) is None


async def test_each_check_says_when_it_begins(tmp_path: Path) -> None:
    said: list[str] = []
    async with reach(Town([]), tmp_path) as surroundings:
        async for line in Checklist(EXPECTED, surroundings).run(["host-size", "services"], begins=said.append):
            said.append(f"{line.id} {line.result}")
    assert said == ["host-size", "host-size fail", "services", "services fail"]
