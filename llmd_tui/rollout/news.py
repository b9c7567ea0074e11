"""What has happened on the nodes since the last look, in a few words: presets/stages.yaml has them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from llmd_tui.presets.loading import Preset, read
from llmd_tui.rollout.stages import COMPLETE, NodeProgress

SEVERAL = 4
"""Up to so many nodes are told of one by one."""


class StageNews(Preset):
    """`begins` by the step that begins; `{on}` becomes `on both nodes` or `on vmss000001`."""

    begins: Mapping[str, str] = {}
    done: str = ""
    failed: str = ""


@dataclass(frozen=True)
class News:
    """`at` is when it happened, where that is known; else when it was seen."""

    at: datetime
    text: str


@cache
def stage_news() -> Mapping[str, StageNews]:
    """By stage."""
    return {name: StageNews.model_validate(row) for name, row in read("stages.yaml")["news"].items()}


class Newsroom:
    """Compares one look with the next. What is there at the first look is no news."""

    def __init__(self) -> None:
        self._states: dict[tuple[str, str], str] = {}
        self._told: set[str] = set()
        self._begun = False

    def look(self, nodes: Sequence[NodeProgress], now: datetime) -> list[News]:
        """`nodes` are all that there should be, or those that have come so far."""
        news = list(self._compare(nodes, now))
        for node in nodes:
            self._states[node.node, COMPLETE] = node.stage
            for cell in node.cells:
                self._states[node.node, cell.stage] = cell.state
        first, self._begun = not self._begun, self._begun or bool(nodes)
        return [] if first and self._is_old(nodes) else news

    @staticmethod
    def _is_old(nodes: Sequence[NodeProgress]) -> bool:
        """A run that is taken up again sees much that is done."""
        return any(cell.state == "done" for node in nodes for cell in node.cells)

    def _compare(self, nodes: Sequence[NodeProgress], now: datetime) -> Iterator[News]:
        for stage, words in stage_news().items():
            if not nodes or stage not in {cell.stage for cell in nodes[0].cells}:
                continue
            cells = {node.node: node.cell(stage) for node in nodes}
            before = {name: self._states.get((name, stage), "") for name in cells}
            for cell in cells.values():
                begins = words.begins.get(cell.step.name, "") if cell.step and cell.state == "running" else ""
                if begins and self._first(begins):
                    yield News(cell.since or now, begins)
            failing = [name for name, cell in cells.items() if cell.state == "failed" and before[name] != "failed"]
            for name in failing[:SEVERAL] if words.failed else ():
                yield News(cells[name].since or now, words.failed.format(on=f"on {short(name)}"))
            done = all(cell.state == "done" for cell in cells.values())
            if words.done and done and not all(state == "done" for state in before.values()):
                ends = [cell.since for cell in cells.values() if cell.since]
                yield News(max(ends, default=now), words.done.format(on=everywhere(list(cells))))
        yield from self._completed(nodes, now)

    def _completed(self, nodes: Sequence[NodeProgress], now: datetime) -> Iterator[News]:
        new = [n.node for n in nodes if n.stage == COMPLETE and self._states.get((n.node, COMPLETE)) != COMPLETE]
        if len(nodes) <= SEVERAL:
            yield from (News(now, f"{short(name)} complete") for name in new)
        elif new and all(node.stage == COMPLETE for node in nodes):
            yield News(now, f"all {len(nodes)} nodes complete")

    def _first(self, text: str) -> bool:
        new = text not in self._told
        self._told.add(text)
        return new


def everywhere(names: Sequence[str]) -> str:
    """`on vmss000001`, `on both nodes`, `on all 16 nodes`."""
    if len(names) == 1:
        return f"on {short(names[0])}"
    return "on both nodes" if len(names) == 2 else f"on all {len(names)} nodes"


def short(node: str) -> str:
    """`vmss000001`: what tells a scale set's nodes from each other."""
    last = node.rpartition("-")[2]
    return last if last.startswith("vmss") else node
