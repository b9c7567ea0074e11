"""The same answers, on the screens by their keys and line by line in a terminal, make the same file."""

import asyncio
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pexpect
import pytest

from screens.wizard.drivers import DriversScreen
from screens.wizard.path import PathScreen
from screens.wizard.size import SizeScreen
from screens.wizard.target import TargetScreen
from tests.screens.stage import Stage, stage

ROOT = Path(__file__).parents[2]
MOST = 80
WORDS = {"gateway.provider": "standalone", "monitoring.enabled": "no"}


@dataclass(frozen=True)
class Choice:
    """What is chosen; what is empty stays as it is. `options` are texts by field."""

    region: str = ""
    cluster: str = ""
    size: str = ""
    nodes: int = 0
    drivers: str = ""
    system: str = ""
    path: str = ""
    options: Mapping[str, str] = field(default_factory=dict[str, str])


CHOICES = {
    "nothing": Choice(),
    "small": Choice("westeurope", "mine", "NC24ads_A100_v4", 2, "aks-driver", "", "precise-prefix-cache-routing"),
    "rdma": Choice("", "", "ND96isr_H100_v5", 2, "gpu-operator", "Ubuntu2204", "pd-disaggregation"),
    "wide": Choice("", "w-1", "ND96isr_H200_v5", 4, "aks-driver", "", "wide-ep", {"namespace": "wide"}),
    "options": Choice(options={"namespace": "mine", **WORDS}),
}
QUICK = ("options",)
"""What every run of the tests compares."""


async def by_screens(shown: Stage, choice: Choice) -> bytes:
    """By keys alone, to the export on the review."""
    target = shown.screen
    assert isinstance(target, TargetScreen)
    if choice.region:
        await until(shown, "down", lambda: target.places.current.cursor_key == choice.region)
    if choice.cluster:
        await write(shown, "target.azure.cluster", choice.cluster)
    await shown.walk("size")
    size = shown.screen
    assert isinstance(size, SizeScreen)
    if choice.size:
        await until(shown, "down", lambda: size.table.cursor_key == f"Standard_{choice.size}")
    if choice.nodes:
        await until(shown, "plus", lambda: size.nodes >= choice.nodes)
        await until(shown, "minus", lambda: size.nodes <= choice.nodes)
    await shown.walk("drivers")
    drivers = shown.screen
    assert isinstance(drivers, DriversScreen)
    if choice.drivers:
        await until(shown, "down", lambda: drivers.strategies.chosen == choice.drivers)
    if choice.system:
        await shown.press("tab")
        await until(shown, "down", lambda: drivers.oses.chosen == choice.system)
    await shown.walk("path")
    path = shown.screen
    assert isinstance(path, PathScreen)
    if choice.path:
        await until(shown, "down", lambda: path.table.cursor_key == choice.path)
    await shown.walk("options")
    for name, text in choice.options.items():
        await write(shown, name, text)
    await shown.walk("review")
    await shown.press("e", "enter")
    await shown.until(lambda: any(Path.cwd().glob("*.yaml")))
    (written,) = Path.cwd().glob("*.yaml")
    return written.read_bytes()


async def until(shown: Stage, key: str, holds: Callable[[], bool]) -> None:
    for _ in range(MOST):
        if holds():
            return
        await shown.press(key)
    raise AssertionError(f"{key} does not lead there\n{shown.text}")


async def write(shown: Stage, path: str, text: str) -> None:
    """Into a field: typed, or turned to."""
    await until(shown, "tab", lambda: shown.screen.field is not None and shown.screen.field.path == path)
    assert shown.screen.field
    if "right" in shown.app.screen.active_bindings and "space" in shown.app.screen.active_bindings:
        await until(shown, "right", lambda: shown.app.session.draft.text(path) == text)
    else:
        await shown.press("end", "ctrl+u", *text)


def by_lines(cwd: Path, choice: Choice) -> bytes:
    """In a terminal that can only append."""
    options = [*choice.options, "done"] if choice.options else []
    said: dict[str, list[str]] = {
        "Region": [choice.region],
        "Cluster name": [choice.cluster],
        "GPU size": [choice.size],
        "How many nodes": [str(choice.nodes or "")],
        "GPU drivers": [choice.drivers],
        "Node OS": [choice.system],
        "Well-lit path": [choice.path],
        "Change options?": ["yes" if choice.options else ""],
        "Change what?": options,
        **{name: [text] for name, text in choice.options.items()},
        "Write the answers": ["plain.yaml"],
        "Y creates this": ["q"],
    }
    child = pexpect.spawn(
        sys.executable,
        ["-m", "llmd_tui", "--plain"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"},
        cwd=str(cwd),
        encoding="utf-8",
        dimensions=(24, 400),
        timeout=60,
    )
    try:
        while child.expect([r"\[[^\]\r\n]*\]: $", pexpect.EOF]) == 0:
            lines = re.split(r"[\r\n]+", str(child.before))
            asked = next((key for key in said if any(line.startswith(key) for line in lines)), "")
            child.sendline(said[asked].pop(0) if asked and said[asked] else "")
    finally:
        child.close(force=True)
    assert not any(any(left) for left in said.values()), said
    return (cwd / "plain.yaml").read_bytes()


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in CHOICES]
)
async def test_the_same_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    choice = CHOICES[name]
    for directory in ("screens", "lines"):
        (tmp_path / directory).mkdir()
    monkeypatch.chdir(tmp_path / "screens")
    monkeypatch.setenv("HF_TOKEN", "hf_simulated")
    async with stage(monkeypatch) as shown:
        screens = await by_screens(shown, choice)
        lines = await asyncio.to_thread(by_lines, tmp_path / "lines", choice)
    assert lines.decode() == screens.decode()
