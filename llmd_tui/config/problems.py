"""What is wrong with an answers file: every problem at once, each with its place and what would be valid."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias

from pydantic_core import ErrorDetails

from llmd_tui.config.fields import Field, children, fields, nearest
from llmd_tui.config.model import API_VERSION
from llmd_tui.config.secrets import mask
from llmd_tui.errors import UserError


@dataclass(frozen=True)
class Place:
    """Where a value was said: a file and its line (from 1; 0 when unknown), a variable or a flag."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True)
class Problem:
    """`field` is a dotted path and empty where the problem is with the file as a whole."""

    place: Place
    field: str
    message: str
    remedy: str

    def __str__(self) -> str:
        # A flag names its field already.
        field = "" if str(self.place).endswith(f" {self.field}") else self.field
        return f"{self.place}: {field and field + ': '}{self.message} {self.remedy}".rstrip()


class AnswersError(UserError):
    """One line a problem, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.place.line))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def explain(error: ErrorDetails, place: Callable[[str], Place]) -> Problem:
    """The problem behind one of pydantic's errors; `place` tells where a dotted path was said."""
    path = dotted(error["loc"])
    message, remedy = _explain(error, path)
    return Problem(place(path), path, message, remedy)


def dotted(loc: Sequence[int | str]) -> str:
    """`("waive", 0)` is `waive[0]`."""
    path = ""
    for part in loc:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    return path


def shown(value: Any) -> str:
    """A value as messages quote it: short, and without what looks like a token."""
    text = mask(str(value))
    return repr(text if len(text) <= 60 else f"{text[:57]}…")


def unknown_key(path: str) -> tuple[str, str]:
    """Message and remedy."""
    section, _, name = path.rpartition(".")
    known = ", ".join(children(section))
    if near := nearest(path):
        return f"{shown(name)} is not a key here.", f"Did you mean {near}?"
    return f"{shown(name)} is not a key here.", f"Known here: {known}."


def no_value(path: str) -> tuple[str, str]:
    """Message and remedy for a flag that names no field that has a value."""
    if path in fields():
        return "is a section.", f"Say one of its keys: {', '.join(f'{path}.{name}' for name in children(path))}."
    return unknown_key(path)


def _explain(error: ErrorDetails, path: str) -> tuple[str, str]:
    if error["type"] == "extra_forbidden":
        return unknown_key(path)
    field = fields().get(path)
    if field is None:
        listed = fields().get(path.partition("[")[0])
        said = shown(error["input"])
        return (f"{said} is not valid.", f"Give {listed.description}.") if listed else (f"{said}: {error['msg']}.", "")
    if error["type"] == "missing":
        return "is missing.", _give(field)
    if field.secret:
        return "must be a reference; what it holds is not shown.", _give(field)
    if path == "apiVersion":
        return f"{shown(error['input'])} is not a version that this program reads.", f"Write {API_VERSION}."
    return _wrong_value(error, field)


_Values: TypeAlias = dict[str, Callable[[dict[str, Any]], str]]
_BOUNDS: _Values = {
    "greater_than_equal": lambda ctx: f"at least {ctx['ge']}",
    "less_than_equal": lambda ctx: f"at most {ctx['le']}",
    "greater_than": lambda ctx: f"more than {ctx['gt']}",
    "less_than": lambda ctx: f"less than {ctx['lt']}",
}


def _wrong_value(error: ErrorDetails, field: Field) -> tuple[str, str]:
    value: Any = error["input"]
    context = error.get("ctx", {})
    if error["type"] == "value_error":
        return f"{context['error']}.", ""
    if bound := _BOUNDS.get(error["type"]):
        return f"{value} is out of range.", f"Give {bound(context)}{field.description and f' ({field.description})'}."
    if field.kind == "section":
        return f"holds {shown(value)} where keys belong.", _give(field)
    if isinstance(value, dict | list):
        return f"holds {'keys' if isinstance(value, dict) else 'a list'} where one value belongs.", _give(field)
    near = get_close_matches(str(value).lower(), _folded(field), n=1, cutoff=0.5)
    hint = f"Did you mean {_folded(field)[near[0]]}? " if near else ""
    return f"{shown(value)} is not valid.", hint + _give(field)


def _folded(field: Field) -> dict[str, str]:
    return {choice.lower(): choice for choice in field.choices}


def _give(field: Field) -> str:
    if field.kind == "section":
        return f"Give it with {', '.join(children(field.path))}."
    return f"Give {field.valid}."
