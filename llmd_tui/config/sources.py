"""Where each value comes from: flag > environment > file > previous run > preset > default."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import Any

from llmd_tui.config.answers import Answers, assign, validate
from llmd_tui.config.document import scalar_value
from llmd_tui.config.fields import Field, fields
from llmd_tui.config.model import Config
from llmd_tui.config.problems import AnswersError, Place, Problem, no_value

PREFIX = "LLMD_TUI_"


class Source(StrEnum):
    """The first that says a value wins."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    FILE = "file"
    PREVIOUS_RUN = "previous run"
    PRESET = "preset"
    DEFAULT = "default"


@dataclass(frozen=True)
class Said:
    """A value, and who said it where."""

    value: Any
    source: Source
    place: Place


class Layered:
    """The sources on top of each other, value by value; a list is one value.

    `flags` are texts by dotted path. A target that a higher source names hides the other kind of target below it.
    Raises AnswersError for a flag or a variable that names no field.
    """

    def __init__(
        self,
        *,
        flags: Mapping[str, str] | None = None,
        environment: Mapping[str, str] = os.environ,
        file: Answers | None = None,
        previous: Answers | None = None,
        preset: Answers | None = None,
    ) -> None:
        files = {Source.FILE: file, Source.PREVIOUS_RUN: previous, Source.PRESET: preset}
        self._files = {source: answers for source, answers in files.items() if answers}
        layers = [_flags(flags or {}), _variables(environment)]
        layers += [_answers(answers, source) for source, answers in self._files.items()]
        self.values: dict[str, Said] = {}
        for layer in layers:
            hidden = tuple(_hidden(self.values))
            self.values |= {path: said for path, said in layer.items() if not f"{path}.".startswith(hidden)}

    def source(self, path: str) -> Source:
        said = self.values.get(path)
        return said.source if said else Source.DEFAULT

    def place(self, path: str) -> Place:
        """Where a value was said; of a section or of what nobody said, the place in the uppermost file."""
        if said := self.values.get(path.partition("[")[0]):
            return said.place
        return next((answers.place(path) for answers in self._files.values()), Place("the answers"))

    def config(self) -> Config:
        """Raises AnswersError with every problem of every source."""
        data: dict[str, Any] = {}
        for path, said in self.values.items():
            assign(data, path.split("."), said.value)
        return validate(data, self.place, [found for answers in self._files.values() for found in answers.problems()])

    def answers(self) -> Answers:
        """The uppermost file with its comments, made to say everything: what a run keeps and an export writes."""
        base = next(iter(self._files.values()), Answers.new())
        answers = Answers.parse(base.text, base.name)
        for path in answers.leaves().keys() - self.values.keys():
            answers.unset(path)
        for path in sorted(self.values, key=list(fields()).index):
            answers.set(path, self.values[path].value, str(self.values[path].place))
        return answers


@cache
def variables() -> Mapping[str, Field]:
    """Every field that an environment variable can say, by its name: LLMD_TUI_POOL_SIZE says pool.size."""
    return {variable(path): field for path, field in fields().items() if field.kind != "section"}


def variable(path: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", path.replace(".", "_"))
    return PREFIX + words.upper()


def _flags(flags: Mapping[str, str]) -> dict[str, Said]:
    leaves = {path: field for path, field in fields().items() if field.kind != "section"}
    wrong = [path for path in flags if path not in leaves]
    if wrong:
        raise AnswersError(Problem(Place(f"--set {path}"), path, *no_value(path)) for path in wrong)
    return {
        path: Said(read_value(leaves[path], text), Source.FLAG, Place(f"--set {path}")) for path, text in flags.items()
    }


def _variables(environment: Mapping[str, str]) -> dict[str, Said]:
    """Empty variables say nothing. One that is spelt almost like a field is a mistake; others are not for us."""
    problems: list[Problem] = []
    found: dict[str, Said] = {}
    for name, text in environment.items():
        if not name.startswith(PREFIX) or not text:
            continue
        if field := variables().get(name):
            found[field.path] = Said(read_value(field, text), Source.ENVIRONMENT, Place(name))
        elif near := get_close_matches(name, variables(), n=1, cutoff=0.9):
            problems.append(Problem(Place(name), "", "is not a variable that is read.", f"Did you mean {near[0]}?"))
    if problems:
        raise AnswersError(problems)
    return found


def _answers(answers: Answers, source: Source) -> dict[str, Said]:
    return {path: Said(value, source, answers.place(path)) for path, value in answers.leaves().items()}


def read_value(field: Field, text: str) -> Any:
    """A text that was typed as the field's value; a list's items are parted by commas."""
    if field.kind == "list":
        return [item.strip() for item in text.split(",") if item.strip()]
    return scalar_value(text, field.kind)


def _hidden(values: Mapping[str, Said]) -> Iterator[str]:
    """What lower sources have no say in: what was said, and the other kind of target."""
    yield from (f"{path}." for path in values)
    for chosen, other in (("target.azure.", "target.kubeconfig."), ("target.kubeconfig.", "target.azure.")):
        if any(path.startswith(chosen) for path in values):
            yield other
