"""Checklists on paper: every format holds every line, and nothing from outside becomes markup."""

import json
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from llmd_tui.errors import UserError
from llmd_tui.events import CheckLine
from llmd_tui.render.checklist import CheckReport, as_json, document, summary
from llmd_tui.render.formats import CHECKS, checks_format
from llmd_tui.render.html import to_html
from llmd_tui.render.junit import as_junit
from llmd_tui.render.markdown import to_markdown

HOSTILE = "[red]x[/red] <script>alert(1)</script> | `a` *b* _c_ & \x1b[31m\x00\x07\u202e ]]> <!-- \ud800"
LINES = (
    CheckLine("a", "A | one", "pass", "all\nthere", "", "kubectl get a", seconds=1.5),
    CheckLine("b", "B", "fail", "x|y", "Do `this`.", "kubectl get b", seconds=61),
    CheckLine("c", "C", "skipped", "no exec", "", ""),
    CheckLine("d", "D", "warn", "small", "Fine.", "kubectl get d", waived="known, ticket 7"),
    CheckLine("e", "E", "warn", "slow", "Look.", "kubectl get e"),
)
REPORT = CheckReport("Checklist", LINES, 1795233982, waiting=("f",), left_out={"g": "MIG is off"})
HOSTILE_REPORT = CheckReport(
    HOSTILE,
    [CheckLine("a", HOSTILE, "fail", HOSTILE, HOSTILE, HOSTILE + "\n```\n# no", waived=HOSTILE)],
    0,
    waiting=[HOSTILE],
    left_out={HOSTILE: HOSTILE},
)


class Elements(HTMLParser):
    """Tags, attributes and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.names: set[str] = set()
        self.texts: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_markdown() -> None:
    text = to_markdown(document(REPORT))
    assert "1 passed, 1 failed, 1 to be looked at, 1 waived, 1 skipped." in text
    assert "| ✓ pass | `a`: A \\| one | all there | 1s |" in text
    assert "### b: fail\n\nx\\|y\n\nRemedy: Do `this`.\n\n```sh\nkubectl get b\n```\n" in text
    assert "| ▲ waived | `d`: D | small (waived: known, ticket 7) | 0s |" in text
    assert "### c" not in text
    assert "Not looked at: f." in text
    assert "| g | MIG is off |" in text


def test_markdown_of_hostile_texts() -> None:
    text = to_markdown(document(HOSTILE_REPORT))
    # In the fence that ends it all, markup is text.
    before = text.partition("````sh")[0]
    assert "<script" not in before
    assert "<!--" not in before
    assert "[red]" not in before.replace("\\[", "")
    assert "\x1b" not in text
    assert "\x00" not in text
    assert "\u202e" not in text
    # What breaks out of a fence would be a heading.
    assert "````sh" in text


def test_html_is_well_formed_and_loads_nothing() -> None:
    page = Elements(to_html(document(REPORT)))
    assert page.open == []
    assert {"script", "link", "img", "iframe"}.isdisjoint(page.tags)
    assert {"src", "href", "onclick", "onload"}.isdisjoint(page.names)
    assert "known, ticket 7" in " ".join(page.texts)
    assert "this" in page.texts, "code of a remedy is an element of its own"


def test_html_of_hostile_texts() -> None:
    text = to_html(document(HOSTILE_REPORT))
    page = Elements(text)
    assert "script" not in page.tags
    assert page.open == []
    assert "[red]x[/red] <script>alert(1)</script>" in " ".join(page.texts)
    assert not {"\x1b", "\x00", "\x07", "\u202e"} & set(text)


def test_json_holds_every_line() -> None:
    whole = json.loads(as_json(REPORT))
    assert [row["id"] for row in whole["checks"]] == ["a", "b", "c", "d", "e"]
    assert {"id", "title", "result", "evidence", "remedy", "command", "seconds", "waived"} <= set(whole["checks"][0])
    assert (whole["waiting"], whole["left_out"]) == (["f"], {"g": "MIG is off"})
    assert json.loads(as_json(HOSTILE_REPORT))["checks"][0]["evidence"] == HOSTILE


def test_junit() -> None:
    (suite,) = ElementTree.fromstring(as_junit(REPORT))
    counts = {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped", "time")}
    assert counts == {"tests": "7", "failures": "1", "errors": "0", "skipped": "4", "time": "62.500"}
    cases = {case.get("name"): case for case in suite}
    assert list(cases) == ["a", "b", "c", "d", "e", "f", "g"]
    assert cases["a"].find("failure") is None
    assert cases["a"].find("skipped") is None
    failure = cases["b"].find("failure")
    assert failure is not None
    assert failure.get("message") == "x|y"
    assert "kubectl get b" in (failure.text or "")
    reasons = {
        name: skipped.get("message") for name, case in cases.items() if (skipped := case.find("skipped")) is not None
    }
    assert reasons == {
        "c": "no exec",
        "d": "waived: known, ticket 7",
        "f": "not looked at",
        "g": "MIG is off",
    }
    assert suite.get("timestamp") == "2026-11-21T04:06:22"


def test_junit_of_hostile_texts_is_xml() -> None:
    (suite,) = ElementTree.fromstring(as_junit(HOSTILE_REPORT))
    skipped = suite[0].find("skipped")
    assert skipped is not None
    assert "<script>alert(1)</script>" in (skipped.get("message") or "")


def test_every_format_can_be_written(tmp_path: Path) -> None:
    for suffix in CHECKS:
        file = tmp_path / f"checks{suffix}"
        file.write_text(checks_format(file)(HOSTILE_REPORT), encoding="utf-8", errors="strict")


def test_a_name_that_tells_no_format_is_refused() -> None:
    with pytest.raises(UserError, match="does not tell the format"):
        checks_format(Path("report.pdf"))


def test_nothing_to_sum_up() -> None:
    assert summary([]) == "no checks"
