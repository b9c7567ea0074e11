"""Checklists on paper."""

import json

from llmd_tui.checks.checklist import CHECKS
from llmd_tui.checks.report import checks_json, checks_markdown, summary
from llmd_tui.checks.result import Result
from tests.checks.town import EXPECTED

LINES = [
    Result("a", "A | one", "pass", "all\nthere", "", "kubectl get a"),
    Result("b", "B", "fail", "x|y", "Do this.", "kubectl get b"),
    Result("c", "C", "skipped", "no exec", "", ""),
]


def test_markdown() -> None:
    text = checks_markdown(LINES)
    assert "1 passed, 1 failed, 1 skipped" in text
    assert "| ✓ pass | A \\| one | all there |" in text
    assert "## B: fail\n\nx|y\n\nDo this.\n\n```sh\nkubectl get b\n```\n" in text
    assert "## C" not in text


def test_json_holds_every_line() -> None:
    rows = json.loads(checks_json(LINES))["checks"]
    assert [row["id"] for row in rows] == ["a", "b", "c"]
    assert set(rows[0]) == {"id", "title", "result", "evidence", "remedy", "command"}


def test_nothing_to_sum_up() -> None:
    assert summary([]) == "no checks"


def test_every_check_can_be_looked_at_by_hand() -> None:
    by_hand = {name: check.command(EXPECTED) for name, check in CHECKS.items()}
    assert {name for name, command in by_hand.items() if not command} == {"hugging-face-token"}
    assert len({check.title for check in CHECKS.values()}) == len(CHECKS)
