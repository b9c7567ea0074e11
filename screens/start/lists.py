"""The start screen's tables: files, runs, contexts."""

import time
from typing import TYPE_CHECKING

from llmd_tui.draft.reading import Reading
from llmd_tui.rollout.words import age, duration
from screens.glyphs import GLYPHS, State, Symbols
from screens.widgets.cells import Cell, Column, Row
from screens.widgets.table import Table

if TYPE_CHECKING:
    from llmd_tui.start.around import Around
    from llmd_tui.start.contexts import Behind, Known
    from llmd_tui.start.files import AnswersFile
    from llmd_tui.start.runs import PastRun

RESULTS: dict[str, tuple[State, str]] = {
    "running": ("running", "running"),
    "done": ("done", "done"),
    "failed": ("failed", "failed"),
    "interrupted": ("slow", "cut off"),
    "destroyed": ("skipped", "destroyed"),
}


class FilesTable(Table):
    def __init__(self, symbols: Symbols) -> None:
        columns = (
            Column("file", "FILE", stretch=True, least=16, names="-"),
            Column("path", "PATH", keep=1),
            Column("size", "SIZE"),
            Column("age", "AGE", align="right", width=4),
        )
        super().__init__(columns, symbols=symbols, empty="reading", id="files")
        self._files: dict[str, AnswersFile] = {}

    @property
    def selected(self) -> "AnswersFile | None":
        return self._files.get(self.cursor_key or "")

    def show(self, around: "Around") -> None:
        found = around.files.value or ()
        self._files = {str(file.path): file for file in found}
        if around.files.state != "loading":
            self.set_empty("No answers file here and none of a run. e in the wizard writes one.")
        now = time.time()
        self.set_rows([_file(key, file, now) for key, file in self._files.items()])


def _file(key: str, file: "AnswersFile", now: float) -> Row:
    size = file.size.removeprefix("Standard_")
    return Row(
        key,
        {
            "file": Cell(f"{file.name}, of its run" if file.run else file.name),
            "path": Cell(file.well_lit_path, "quiet"),
            "size": Cell(f"{file.nodes} × {size}" if file.nodes and size else size, "quiet"),
            "age": Cell(age(now - file.changed), "quiet"),
        },
    )


class RunsTable(Table):
    def __init__(self, symbols: Symbols) -> None:
        columns = (
            Column("run", "RUN", stretch=True, least=16, names="-"),
            Column("result", "RESULT", width=20, least=10),
            Column("took", "TOOK", keep=1),
            Column("age", "AGE", align="right", width=4),
        )
        super().__init__(columns, symbols=symbols, empty="reading", id="runs")
        self._runs: dict[str, PastRun] = {}

    @property
    def selected(self) -> "PastRun | None":
        return self._runs.get(self.cursor_key or "")

    def show(self, around: "Around") -> None:
        runs = around.left.value.runs if around.left.value else ()
        self._runs = {run.id: run for run in runs}
        if around.left.state != "loading":
            self.set_empty("No run yet. n makes one, t tries it without Azure.")
        now = time.time()
        self.set_rows([self._run(run, now) for run in runs])

    def _run(self, run: "PastRun", now: float) -> Row:
        state, word = RESULTS.get(run.outcome, ("pending", run.outcome))
        at = f", {run.at}" if run.at and run.outcome not in ("done", "destroyed") else ""
        pretended = ", simulated" if run.simulated else ""
        return Row(
            run.id,
            {
                "run": Cell(run.cluster),
                "result": Cell(f"{word}{pretended}", sign=self._symbols.of(state), sign_role=GLYPHS[state].role),
                "took": Cell(f"{duration(run.seconds)}{at}", "quiet"),
                "age": Cell(age(now - run.changed), "quiet"),
            },
        )


class ContextsTable(Table):
    def __init__(self, symbols: Symbols) -> None:
        columns = (
            Column("context", "CONTEXT", stretch=True, least=12, names="-"),
            Column("k8s", "K8S", width=7, keep=2),
            Column("gpus", "GPUS", align="right", width=5, keep=1),
            Column("state", "STATE", width=12),
        )
        super().__init__(columns, symbols=symbols, empty="reading", id="contexts")

    def show(self, around: "Around") -> None:
        reading = around.contexts
        if reading.state == "ready":
            self.set_empty("The kubeconfig has no context.")
        self.set_rows([self._row(each, around) for each in reading.value or ()])

    def _row(self, known: "Known", around: "Around") -> Row:
        reading = around.clusters.get(known.name, Reading())
        state, words = _state(known, reading, awaited=known.name in around.awaited)
        found = reading.value
        gpus = "" if found is None else f"{found.gpus}{'+' if found.more else ''}" if found.gpus else "–"
        return Row(
            known.name,
            {
                "context": Cell(known.name),
                "k8s": Cell(found.kubernetes if found else "", "quiet"),
                "gpus": Cell(gpus, "faint" if gpus == "–" else "text"),
                "state": Cell(words, sign=self._symbols.of(state), sign_role=GLYPHS[state].role),
            },
        )


def _state(known: "Known", reading: "Reading[Behind]", *, awaited: bool) -> tuple[State, str]:
    match reading.state:
        case "loading":
            return "running", "asking"
        case "failed":
            return "failed", reading.error
        case "ready" if reading.value:
            return "done", f"{reading.value.nodes} node{'' if reading.value.nodes == 1 else 's'}"
        case _:
            if awaited:
                return "pending", "next"
            return "waiting", "r signs in" if known.asks_a_person else "r asks"
