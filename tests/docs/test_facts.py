"""What the docs say is so: links, fields, prices, sizes."""

import re
from pathlib import Path

import pytest

from llmd_tui.config.answers import Answers
from llmd_tui.config.fields import fields
from llmd_tui.plain import ask, rescue
from llmd_tui.plain.review import WHAT_NEXT
from llmd_tui.plan.choose import choose
from llmd_tui.plan.make import plan_of
from llmd_tui.presets.loading import folder
from llmd_tui.presets.sizes import size
from tests.docs.pages import PAGES, ROOT

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
DOCS = ROOT / "docs"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    inside = [link.partition("#")[0] for link in LINK.findall(page.read_text()) if "://" not in link]
    assert [link for link in inside if link and not (page.parent / link).exists()] == []


def test_every_picture_is_shown() -> None:
    shown = {link for page in PAGES for link in LINK.findall(page.read_text()) if link.endswith(".svg")}
    assert {path.name for path in DOCS.glob("*.svg")} == {Path(link).name for link in shown}


def test_every_field_of_the_answers_file() -> None:
    told = re.findall(r"^\| `([\w.]+)` \|", (DOCS / "answers-file.md").read_text(), re.MULTILINE)
    known = [path for path, field in fields().items() if field.kind != "section"]
    assert sorted(told) == sorted(known)


def test_prices_are_those_of_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_simulated")
    told = re.findall(r"^\| `([\w-]+)` \| ([\d.]+) \|", (DOCS / "what-is-created.md").read_text(), re.MULTILINE)
    assert told
    for name, price in told:
        config = Answers.parse(folder("configs", f"{name}.yaml").read_text(encoding="utf-8"), name).config()
        assert f"{plan_of(choose(config)).cost_per_hour.amount:.2f}" == price, name


def test_sizes_of_the_readme_are_known() -> None:
    told = re.findall(r"^\| (Standard_\w+) \| (\d+) × (\w+)", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert len(told) == 5
    for name, count, model in told:
        assert (str(size(name).gpu.count), size(name).gpu.model) == (count, model)


def test_the_answers_that_plain_lines_take() -> None:
    text = (DOCS / "plain.md").read_text()
    after_a_failure = (rescue.REMEDY, rescue.AGAIN, rescue.SKIP, rescue.WAIVE, rescue.CHECKS, rescue.LEAVE)
    assert [key for key in (ask.BACK, ask.HELP, ask.WHY, *after_a_failure) if f"`{key}`" not in text] == []
    assert WHAT_NEXT in text
