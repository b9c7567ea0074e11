"""A value of the config in the making, and what it becomes where nobody said one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from llmd_tui.config.answers import assign, validate
from llmd_tui.config.problems import AnswersError, Place, Problem
from llmd_tui.errors import UserError
from llmd_tui.plan.defaults import defaults
from llmd_tui.presets.defaults import default_values

PRESET = "preset"
HERE = Place("the wizard")

SUGGESTED = {"target.azure.resourceGroup": "llmd", "target.azure.cluster": "llmd"}
"""What must be said, and what it is until it is."""

STAND_INS = {
    "target.azure.subscription": "unknown",
    "target.azure.region": "unknown",
    "target.kubeconfig.context": "unknown",
    "pool.size": "Standard_ND96isr_H100_v5",
    "path.name": "optimized-baseline",
    **SUGGESTED,
}
"""With these the defaults of everything else can be told before all of them are known."""


@dataclass(frozen=True)
class Value:
    """`source` is a word: you, file, environment, az login, preset. `value` is None where there is nothing."""

    value: Any
    source: str
    why: str = ""

    @property
    def text(self) -> str:
        """As a form shows it."""
        if self.value is None:
            return ""
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        return f"{self.value:g}" if isinstance(self.value, float) else listed(self.value)


def listed(value: Any) -> str:
    """A value as a text, a list's items parted by commas."""
    return ", ".join(map(str, cast(list[Any], value))) if isinstance(value, list) else str(value)


@dataclass(frozen=True)
class Refused:
    """A text that was typed and cannot be taken. Of a secret's field the text is not kept."""

    text: str
    problem: str


def default_of(data: Mapping[str, Any]) -> dict[str, Value]:
    """Every default, by dotted path, for nested data that may be wrong in places."""
    data = dict(data)
    for problem in wrong(data):
        assign(data, problem.field.partition("[")[0].split("."), None)
    try:
        made = defaults(validate(data, _here, []))
    except UserError:
        made = default_values()
    return {path: Value(each.value, PRESET, each.why) for path, each in made.items()}


def wrong(data: Mapping[str, Any]) -> tuple[Problem, ...]:
    """What the model says against nested data."""
    try:
        validate(data, _here, [])
    except AnswersError as error:
        return error.problems
    return ()


def _here(_: str) -> Place:
    return HERE
