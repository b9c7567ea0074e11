"""Azure and the tools in lines, and all of the right column in three where there is no room."""

import time
from typing import TYPE_CHECKING

from llmd_tui.draft.reading import Reading
from llmd_tui.rollout.words import duration
from screens.glyphs import State, Symbols

if TYPE_CHECKING:
    from llmd_tui.start.account import Account
    from llmd_tui.start.around import Around
    from llmd_tui.start.tools import Tool

TOOLS = ("kubectl", "helm", "kubelogin", "Hugging Face")
LABEL = 14
STATES: dict[str, State] = {"ok": "done", "absent": "slow", "lacking": "failed"}
LITTLE = 300
"""Seconds of a token that are worth a warning."""


def azure_lines(reading: "Reading[Account]") -> list[tuple[State, str, str]]:
    """State, label, value."""
    account = reading.value
    if reading.state == "failed":
        return [("failed", "not signed in", account.user if account else "")]
    if account is None:
        return [("running", "signed in", "asking")]
    state: State = "done" if account.good_for is not None else "running"
    count = f", 1 of {account.count}" if account.count > 1 else ""
    lines: list[tuple[State, str, str]] = [(state, "signed in", account.user)]
    if account.tenant:
        lines.append((state, "tenant", account.tenant))
    if account.subscription:
        lines.append((state, "subscription", f"{account.subscription}{count}"))
    if account.good_for is None:
        return [*lines, ("running", "token", "asking whether it holds")]
    left = account.good_for - (time.monotonic() - reading.at)
    return [*lines, ("done" if left > LITTLE else "slow", "token", f"good for {duration(max(0.0, left))}")]


def tool_lines(tools: "dict[str, Tool]") -> list[tuple[State, str, str]]:
    """In their order, those that have not answered yet too."""
    return [
        (STATES[tools[name].state], name, tools[name].words) if name in tools else ("running", name, "asking")
        for name in TOOLS
    ]


def in_short(around: "Around", symbols: Symbols) -> list[str]:
    """A row each for Azure, the tools and the contexts."""
    azure = azure_lines(around.account)
    trouble = around.account.error if around.account.state == "failed" else ""
    tools = tool_lines(around.tools)
    states = [around.clusters.get(each.name, Reading()).state for each in around.contexts.value or ()]
    counts = {"✓": states.count("ready"), "✗": states.count("failed"), "●": states.count("loading")}
    found = "  ".join(f"{glyph} {count}" for glyph, count in counts.items() if count)
    contexts = f"{len(states)} in kubeconfig  {found}" if states else around.contexts.error or "reading"
    return [
        f"{'Azure':<10}"
        + "  ".join(f"{symbols.of(state)} {value}" for state, _, value in azure[:1] + azure[2:])
        + trouble,
        f"{'Tools':<10}" + "  ".join(f"{symbols.of(state)} {name} {_brief(words)}" for state, name, words in tools),
        f"{'Contexts':<10}{contexts}",
    ]


def _brief(words: str) -> str:
    return words.partition(",")[0].removeprefix("env:HF_TOKEN ").removeprefix("is ")
