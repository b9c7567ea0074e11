"""The config in the making: what was said, what was found out, what is wrong with it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeAlias

from llmd_tui.config.answers import Answers, assign, validate
from llmd_tui.config.fields import Field, fields
from llmd_tui.config.model import Config
from llmd_tui.config.problems import AnswersError, Problem
from llmd_tui.config.secrets import missing
from llmd_tui.config.sources import Layered, read_value
from llmd_tui.draft.steps import Step, step_of
from llmd_tui.draft.values import HERE, PRESET, STAND_INS, SUGGESTED, Refused, Value, default_of, listed, wrong
from llmd_tui.errors import UserError
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.choose import choose
from llmd_tui.presets.loading import folder

Target: TypeAlias = Literal["new", "existing", "kubeconfig"]

YOU = "you"
TOKEN = "huggingFaceToken"
SUBSCRIPTION = "target.azure.subscription"


class Draft:
    """Answers, things found out and defaults on top of each other. `revision` rises with every change."""

    def __init__(self, answers: Answers, sources: Mapping[str, str] | None = None) -> None:
        self.answers = answers
        self.revision = 0
        self._sources = dict(sources or {})
        self._found: dict[str, Value] = {}
        self._refused: dict[str, Refused] = {}
        self._parked: dict[str, dict[str, Value]] = {}
        self._target: Target | None = None
        self._defaults: dict[str, Value] | None = None
        self._problems: tuple[Problem, ...] | None = None

    @classmethod
    def begin(cls, file: Path | None = None, preset: str | None = None) -> "Draft":
        """Of an answers file, one of presets/configs, or a user who said nothing; the environment has the last word.

        Wrong values are kept, so that they show under their fields. Raises UserError for a file that has keys which no
        field shows, or is no answers file.
        """
        name = f"configs/{preset}.yaml"
        ready_made = Answers.parse(folder(name).read_text(encoding="utf-8"), name) if preset else Answers.new()
        layered = Layered(file=Answers.load(file)) if file else Layered(preset=ready_made)
        try:
            layered.config()
        except AnswersError as error:
            if unshown := [problem for problem in error.problems if not _shown(layered, problem.field)]:
                raise AnswersError(unshown) from None
        return cls(layered.answers(), {path: said.source.value for path, said in layered.values.items()})

    # One value

    def value(self, path: str) -> Value:
        """What holds for a field, by dotted path: what was said, else what was found out, else the default."""
        if self.said(path):
            return Value(self.answers.get(path), self._sources.get(path, YOU))
        if path in self._found:
            return self._found[path]
        if self._defaults is None:
            names = {name: Value(value, PRESET) for name, value in SUGGESTED.items() if name in self._required()}
            self._defaults = names | default_of(self._data())
        return self._defaults.get(path, Value(None, ""))

    def source(self, path: str) -> str:
        """Where what the field shows came from."""
        return YOU if path in self._refused else self.value(path).source

    def said(self, path: str) -> bool:
        return self.answers.get(path) is not None

    def changed(self, path: str) -> bool:
        """Whether somebody said something else than what holds by itself."""
        return self.said(path) or path in self._refused

    def text(self, path: str) -> str:
        """As the field shows it: the refused text when there is one."""
        refused = self._refused.get(path)
        return refused.text if refused else self.value(path).text

    def error(self, path: str) -> str:
        """What is wrong with one field; empty when nothing is."""
        about = (p for p in self.problems() if p.field.partition("[")[0] == path)
        return next((f"{p.message} {p.remedy}".strip() for p in about), "")

    def set(self, path: str, value: Any) -> str:
        """Says a value; a text is read as the field wants it, an empty one unsays it.

        Returns what is wrong with it, or nothing when it was taken.
        """
        field = fields()[path]
        if isinstance(value, str):
            value = read_value(field, value.strip())
        if value in (None, "", []):
            self.reset(path)
            return ""
        if path not in self._refused and value == self.value(path).value:
            return ""
        problem = self._try(field, value)
        self._refused.pop(path, None)
        if problem:
            self._refused[path] = Refused("" if field.secret else listed(value), problem)
        self._changed()
        return problem

    def say(self, path: str, value: Any, source: str = YOU) -> None:
        """An answer that is known to be valid."""
        self._refused.pop(path, None)
        self.answers.set(path, value, source)
        self._sources[path] = source
        self._changed()

    def reset(self, *paths: str) -> None:
        """Back to what they are when nobody says them."""
        for path in paths:
            self._refused.pop(path, None)
            self._sources.pop(path, None)
            self.answers.unset(path)
        self._changed()

    def find(self, path: str, value: Any, source: str, why: str = "") -> None:
        """What was found out, and holds until something is said."""
        found = Value(value, source, why)
        if self._found.get(path) != found:
            self._found[path] = found
            self._changed()

    def choose(self, path: str, value: Any) -> str:
        """Like `set`, but what is the same as shown becomes an answer too, so that it stays as it is."""
        if value == self.value(path).value:
            self.take(path)
            return ""
        return self.set(path, value)

    def take(self, *paths: str) -> None:
        """Makes what is shown an answer, so that it stays as it is."""
        for path in paths:
            shown = self.value(path)
            if not self.said(path) and path not in self._refused and shown.value is not None:
                self.say(path, shown.value, shown.source)

    # Where it goes

    @property
    def target(self) -> Target:
        if self._target:
            return self._target
        if self.said("target.kubeconfig"):
            return "kubeconfig"
        return "existing" if self.answers.get("target.azure.create") is False else "new"

    def aim(self, target: Target) -> None:
        """Another kind of target. What was said about a kind comes back with it."""
        if target == self.target:
            return
        self._swap("target.", self.target, target)
        parked = (self._parked.get(f"target.{kind}", {}).get(SUBSCRIPTION) for kind in ("new", "existing"))
        # It holds for both kinds of Azure target.
        if target != "kubeconfig" and not self.said(SUBSCRIPTION) and (known := next(filter(None, parked), None)):
            self.say(SUBSCRIPTION, known.value, known.source)
        if target == "existing":
            self.say("target.azure.create", False)
        self._target = target
        self._changed()

    def follow(self, name: str) -> None:
        """Another well-lit path. What was said about a path comes back with it."""
        before = self.value("path.name").text
        if name != before:
            self._swap("path.", before, name)
        self.say("path.name", name)

    def _swap(self, section: str, before: str, after: str) -> None:
        """Lays aside what is said in a section, under the name of what it is about, and takes up the other's."""
        said = {path: self.value(path) for path in self.answers.leaves() if path.startswith(section)}
        self._parked[section + before] = said
        for path in said:
            self.reset(path)
        for path in [refused for refused in self._refused if refused.startswith(section)]:
            del self._refused[path]
        for path, value in self._parked.get(section + after, {}).items():
            self.say(path, value.value, value.source)

    # All of it

    def whole(self) -> Answers:
        """The answers, with what must be said and was only found out or suggested: what is exported and run."""
        whole = Answers.parse(self.answers.text, self.answers.name)
        for path in self._required():
            value = self.value(path)
            if whole.get(path) is None and value.value is not None:
                whole.set(path, value.value, value.source)
        return whole

    def choice(self) -> Choice:
        """Raises UserError while something is wrong."""
        if problems := self.problems():
            raise AnswersError(problems)
        return choose(self.whole().config())

    def sketch(self) -> Config | None:
        """A config to reckon with, with stand-ins for what is not known yet. None while something in it is wrong."""
        try:
            return validate(self._data(), lambda _: HERE, [])
        except AnswersError:
            return None

    def problems(self, step: Step | None = None) -> list[Problem]:
        """What keeps the config from being carried out: of one step, or all of it."""
        if self._problems is None:
            self._problems = tuple(self._find_problems())
        return [problem for problem in self._problems if step is None or step_of(problem.field) == step]

    def _find_problems(self) -> Iterator[Problem]:
        for path, refused in self._refused.items():
            yield Problem(HERE, path, refused.problem, "")
        reference = str(self.answers.get(TOKEN) or "")
        # Asking a keyring may open a dialog: that waits for the run.
        if reference.startswith(("env:", "file:")) and (reason := missing(reference)):
            yield Problem(HERE, TOKEN, reason, "")
        try:
            choose(self.whole().config())
        except AnswersError as error:
            yield from (problem for problem in error.problems if problem.field not in self._refused)
        except UserError as error:
            yield Problem(HERE, "", error.message, error.remedy)

    def _try(self, field: Field, value: Any) -> str:
        """Takes the value, or tells what is wrong with it."""
        data = self._data()
        assign(data, field.path.split("."), value)
        problems = () if field.secret else wrong(data)
        about = (p for p in problems if p.field.partition("[")[0] == field.path)
        problem = next((f"{p.message} {p.remedy}".strip() for p in about), "")
        if not problem:
            try:
                self.say(field.path, value)
            except UserError as error:
                return str(error)
        return problem

    def _required(self) -> list[str]:
        other = "target.azure." if self.target == "kubeconfig" else "target.kubeconfig."
        return [
            path
            for path, field in fields().items()
            if field.required and field.kind != "section" and not path.startswith((other, "cache."))
        ]

    def _data(self) -> dict[str, Any]:
        """Nested values as a config wants them, with stand-ins for what must be known and is not."""
        data: dict[str, Any] = {}
        for path in self._required():
            found = self._found.get(path)
            assign(data, path.split("."), found.value if found else STAND_INS.get(path))
        for path, value in self.answers.leaves().items():
            assign(data, path.split("."), value)
        return data

    def _changed(self) -> None:
        self.revision += 1
        self._defaults = self._problems = None


def _shown(layered: Layered, path: str) -> bool:
    """Whether a problem is one of a field of the screens; a section that is missing is filled in by them."""
    known = fields().get(path)
    if known is None or path == "apiVersion" or known.kind == "list":
        return False
    return known.kind != "section" or not any(f"{said}.".startswith(f"{path}.") for said in layered.values)
