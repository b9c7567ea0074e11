"""What can be taken along from a run, at any time: answers file, bundle, report, checklist; no secret in any."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from llmd_tui.config.answers import Answers
from llmd_tui.errors import UserError
from llmd_tui.export.bundle import SCRIPT, bundle, write_bundle
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Plan
from llmd_tui.render.formats import CHECKS
from llmd_tui.render.html import to_html
from llmd_tui.render.markdown import to_markdown
from llmd_tui.rollout.words import many
from llmd_tui.run.checklist import ChecklistProgress
from llmd_tui.run.directory import RunDirectory
from llmd_tui.run.journal import read
from llmd_tui.run.report import document

MOST_NAMES = 100


@dataclass(frozen=True)
class Thing:
    """`file` is what its file or directory is called; `what` it is, in a few words."""

    key: str
    label: str
    file: str
    what: str


@dataclass(frozen=True)
class Takeaway:
    """Of one run, as it stands now. `directory` is the run's own; `at` is now, in seconds since the epoch."""

    name: str
    choice: Choice
    plan: Plan
    checklist: ChecklistProgress
    directory: Path | None
    at: float

    @property
    def things(self) -> tuple[Thing, ...]:
        stem = self.name.replace(os.sep, "-") or "llmd"
        report = [
            Thing("report.html", "report", f"{stem}.html", "for people, one file"),
            Thing("report.md", "report", f"{stem}.md", "Markdown"),
        ]
        return (
            Thing("answers", "answers file", f"{stem}.yaml", "commit it, run it again"),
            Thing("bundle", "bundle, script", stem, f"{SCRIPT} needs no llmd-tui"),
            *(report if self.directory else ()),
            Thing("checks.md", "checks", f"{stem}-checks.md", "Markdown"),
            Thing("checks.html", "checks", f"{stem}-checks.html", "for people, one file"),
            Thing("checks.json", "checks", f"{stem}-checks.json", "for programs"),
            Thing("checks.xml", "checks", f"{stem}-checks.xml", "JUnit, for pipelines"),
        )

    def write(self, key: str, where: Path) -> Path:
        """Writes it below `where`; what is there already with other content stays. Raises UserError."""
        thing = next(thing for thing in self.things if thing.key == key)
        if key == "bundle":
            return self._write_bundle(where, thing.file)
        return _write(where, thing.file, self._text(key))

    def _text(self, key: str) -> str:
        kind, _, suffix = key.partition(".")
        if kind == "answers":
            return self._answers
        if kind == "checks":
            return CHECKS[f".{suffix}"](self.checklist.report(self.at, f"Checklist of {self.name}"))
        assert self.directory is not None
        made = document(self.directory.name, read(RunDirectory(self.directory)))
        return to_html(made) if suffix == "html" else to_markdown(made)

    @property
    def _answers(self) -> str:
        if self.directory:
            return Answers.load(self.directory / "answers.yaml").text
        return Answers.of(self.choice.config).text

    def _write_bundle(self, where: Path, name: str) -> Path:
        answers = self._answers
        for path in _names(where, name):
            if not path.exists():
                write_bundle(path, answers, self.choice, self.plan)
                return path
            if _holds(path, bundle(answers, self.choice, self.plan)):
                return path
        raise UserError(f"{where} is full of {name}.", "Remove some of them.")

    def told(self, path: Path) -> str:
        """The path's name; a directory with how much is in it."""
        if not path.is_dir():
            return path.name
        return f"{path.name}/, {many(sum(file.is_file() for file in path.rglob('*')), 'file')}"


def _write(where: Path, name: str, text: str) -> Path:
    for path in _names(where, name):
        try:
            if not path.exists():
                path.write_text(text, encoding="utf-8")
                return path
            if path.is_file() and path.read_text(encoding="utf-8", errors="replace") == text:
                return path
        except OSError as error:
            reason = error.strerror or error
            raise UserError(f"{path} cannot be written: {reason}.", "Start llmd-tui where you may write.") from None
    raise UserError(f"{where} is full of {name}.", "Remove some of them.")


def _names(where: Path, name: str) -> Sequence[Path]:
    """`llmd.yaml`, `llmd-2.yaml` and so on."""
    path = Path(name)
    stem, suffix = (path.stem, path.suffix) if path.suffix in (".yaml", *CHECKS) else (name, "")
    return [where / f"{stem}{'' if number == 1 else f'-{number}'}{suffix}" for number in range(1, MOST_NAMES)]


def _holds(path: Path, files: dict[str, str]) -> bool:
    def same(name: str, text: str) -> bool:
        file = path / name
        return file.is_file() and file.read_text(encoding="utf-8", errors="replace") == text

    return all(same(name, text) for name, text in files.items())
