"""An answers file: read, edited in place, written back, made a Config."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from llmd_tui.config.document import Document, read
from llmd_tui.config.edit import put, remove
from llmd_tui.config.fields import fields
from llmd_tui.config.files import read_text, write_text
from llmd_tui.config.model import API_VERSION, Config
from llmd_tui.config.problems import AnswersError, Place, Problem, explain, unknown_key
from llmd_tui.config.secrets import is_reference
from llmd_tui.errors import UserError


class Answers:
    """What the user said, by dotted camelCase path such as `pool.size`.

    It is the file's text: an edit changes the lines that it is about, and nothing else.
    """

    def __init__(self, document: Document, mark: str = "") -> None:
        self._document = document
        self._mark = mark
        self._edited: dict[str, str] = {}

    @classmethod
    def new(cls, name: str = "answers.yaml") -> "Answers":
        """Of a user who said nothing yet."""
        return cls(read(f"apiVersion: {API_VERSION}\n", name))

    @classmethod
    def of(cls, config: Config, name: str = "answers.yaml") -> "Answers":
        """A file that says all that the config says."""
        answers = cls.new(name)
        for path, value in _leaves(config.model_dump(by_alias=True, exclude_none=True), ""):
            if value != []:
                answers.set(path, value)
        return answers

    @classmethod
    def parse(cls, text: str, name: str) -> "Answers":
        """`name` is what problems call the file. Raises AnswersError when the text is not YAML with keys at its top."""
        mark = "\ufeff" if text.startswith("\ufeff") else ""
        return cls(read(text[len(mark) :], name), mark)

    @classmethod
    def load(cls, path: Path) -> "Answers":
        """Raises AnswersError when the file cannot be read, or is not YAML with keys at its top."""
        return cls.parse(read_text(path), str(path))

    @property
    def text(self) -> str:
        return self._mark + self._document.text

    @property
    def name(self) -> str:
        return self._document.name

    def get(self, path: str) -> Any:
        """The value as the file says it; a section as a mapping; None when not said."""
        place: Any = self._document.data
        for name in path.split("."):
            place = cast(Any, place).get(name) if isinstance(place, dict) else None
        return deepcopy(place)

    def leaves(self) -> Mapping[str, Any]:
        """Every value that is said, by path. Lists are values."""
        return dict(_leaves(self._document.data, ""))

    def place(self, path: str) -> Place:
        """Where a value was said: the line, or the source of an edit."""
        return Place(self._edited[path]) if path in self._edited else self._document.place(path)

    def set(self, path: str, value: Any, source: str = "") -> None:
        """Says a value, or with a mapping all of a section; None unsays it. `source` is who says so.

        Raises UserError when there is no such field, or the file's shape does not allow the edit.
        """
        field = fields().get(path)
        if field is None:
            message, remedy = unknown_key(path)
            raise UserError(message, remedy)
        if isinstance(value, Mapping):
            self._set_section(path, cast(Mapping[str, Any], value), source)
            return
        if value is None:
            self.unset(path)
            return
        if field.kind == "section":
            raise UserError(f"{path} holds keys of its own.", f"Set {path}.NAME.")
        if field.secret and not is_reference(str(value)):
            raise UserError(f"{path} takes a reference, never the secret itself.", f"Give {field.valid}.")
        value = str(value) if field.kind == "text" else value
        if self.get(path) == value:
            return
        self._become(put(self._document, path, value), path, value)
        self._edited[path] = source

    def _set_section(self, path: str, section: Mapping[str, Any], source: str) -> None:
        """All of it or, when an edit is refused, nothing."""
        before = self._document, dict(self._edited)
        wanted = dict(_leaves(section, f"{path}."))
        try:
            for below, value in wanted.items():
                self.set(below, value, source)
            for gone in self.leaves().keys() - wanted.keys():
                if gone.startswith(f"{path}."):
                    self.unset(gone)
        except UserError:
            self._document, self._edited = before
            raise

    def unset(self, path: str) -> None:
        """Takes a value or a section back; what was not said stays so."""
        if self.get(path) is None:
            return
        self._become(remove(self._document, path), path, None)
        self._edited = {known: by for known, by in self._edited.items() if not f"{known}.".startswith(f"{path}.")}

    def save(self, path: Path) -> None:
        """Replaces the file in one step and keeps its mode; a link stays a link. Raises UserError."""
        write_text(path, self.text)

    def problems(self) -> list[Problem]:
        """What is wrong with the file as such, whatever its values."""
        if not self._document.data and not self._document.problems:
            remedy = "`llmd-tui schema` prints what an answers file may hold."
            return [Problem(Place(self.name), "", "is empty.", remedy)]
        if "apiVersion" in self._document.data:
            return list(self._document.problems)
        missing = Problem(Place(self.name), "apiVersion", "is missing.", f"Write apiVersion: {API_VERSION}.")
        return [missing, *self._document.problems]

    def config(self) -> Config:
        """Raises AnswersError with every problem of the file."""
        if not self._document.data:
            raise AnswersError(self.problems())
        return validate(self._document.data, self.place, self.problems())

    def _become(self, text: str, path: str, value: Any) -> None:
        expected = deepcopy(self._document.data)
        assign(expected, path.split("."), value)
        refused = UserError(f"{self.name} is written in a way that {path} cannot be changed in.", "Edit it by hand.")
        try:
            document = read(text, self.name)
        except AnswersError:
            raise refused from None
        if document.data != expected:
            raise refused
        self._document = document


def validate(data: Mapping[str, Any], place: Callable[[str], Place], problems: Sequence[Problem]) -> Config:
    """The Config of nested data. Raises AnswersError with `problems` and every further one."""
    try:
        config = Config.model_validate(data, by_alias=True, by_name=False)
    except ValidationError as error:
        # Out of the handler: the error holds the input, and with it whatever was typed in place of a reference.
        problems = [*problems, *(explain(detail, place) for detail in error.errors(include_url=False))]
    else:
        if not problems:
            return config
    raise AnswersError(problems)


def _leaves(data: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in data.items():
        if isinstance(value, Mapping):
            yield from _leaves(cast(Mapping[str, Any], value), f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def assign(data: dict[str, Any], names: list[str], value: Any) -> None:
    """Sets or, with None, deletes a nested value; sections that end up empty go."""
    name, *rest = names
    if not rest:
        if value is None:
            data.pop(name, None)
        else:
            data[name] = value
        return
    below: Any = data.get(name)
    below = cast(dict[str, Any], below) if isinstance(below, dict) else {}
    assign(below, rest, value)
    data[name] = below
    if not below:
        del data[name]
