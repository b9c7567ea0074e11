"""What README and docs tell to type works: all of it is understood, and what needs no Azure is done."""

import re
from pathlib import Path

import pytest

from llmd_tui.commands.arguments import parser
from tests.cli.program import llmd_tui
from tests.docs.pages import PAGES, ROOT, commands, files

ALONE = {"plan", "export", "schema", "runs"}
"""Commands that need neither Azure nor a terminal."""
EVERY = [
    pytest.param(page, arguments, id=f"{page.stem}: {' '.join(arguments)}")
    for page in PAGES
    for arguments in commands(page)
]


def of(arguments: list[str]) -> str:
    return str(parser().parse_args(arguments).command)


RUN = [case for case in EVERY if of(list(case.values[1])) in ALONE]  # pyright: ignore[reportArgumentType]
SIMULATED = [case for case in EVERY if "--simulate" in case.values[1]]  # pyright: ignore[reportOperatorIssue]


def write_files(page: Path, folder: Path) -> None:
    """Those of the page, else the answers file's own example."""
    for name, text in (files(page) or files(ROOT / "README.md")).items():
        (folder / name).write_text(text)


@pytest.mark.parametrize(("page", "arguments"), EVERY)
def test_it_is_understood(page: Path, arguments: list[str]) -> None:
    assert of(arguments)


def test_every_command_is_told() -> None:
    said = parser().format_help()
    names = set(re.findall(r"^    ([a-z]+) +[a-z]", said, re.MULTILINE))
    told = set(re.findall(r"`(?:llmd-tui )?([a-z]+)[ `]", (ROOT / "README.md").read_text()))
    assert len(names) > 8
    assert names <= told


@pytest.mark.parametrize(("page", "arguments"), RUN)
def test_it_is_done(page: Path, arguments: list[str], tmp_path: Path) -> None:
    write_files(page, tmp_path)
    said = llmd_tui(*arguments, cwd=tmp_path, env={"HF_TOKEN": "hf_simulated"})
    assert said.code == 0, said.err


@pytest.mark.slow
@pytest.mark.parametrize(("page", "arguments"), SIMULATED)
def test_it_is_played(page: Path, arguments: list[str], tmp_path: Path) -> None:
    write_files(page, tmp_path)
    said = llmd_tui(*arguments, cwd=tmp_path, env={"HF_TOKEN": "hf_simulated"}, timeout=110)
    assert said.code == 0, said.out + said.err
