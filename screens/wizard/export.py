"""Where to write the answers file or the bundle: asked before anything is created."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from llmd_tui.config.answers import Answers
from llmd_tui.draft.summary import save
from llmd_tui.errors import UserError
from llmd_tui.export.bundle import SCRIPT, write_bundle
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Plan
from screens.glyphs import Symbols
from screens.widgets.box import Keys
from screens.widgets.fields import FieldInput
from screens.widgets.frame import STYLES
from screens.widgets.modal import Modal
from screens.widgets.picker import Option
from screens.widgets.radio import Radio

Kind = Literal["answers", "bundle"]


@dataclass(frozen=True)
class Exportable:
    """What there is to write: `choice` and `plan` are None while something is wrong. `name` is that of the cluster."""

    answers: Answers
    name: str
    choice: Choice | None
    plan: Plan | None


class ExportDialog(Modal[str | None]):
    """Returns what was written, for a toast, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "close", id="export.close"),
        Binding("enter", "write", "write", priority=True, id="export.write"),
        Binding("down", "app.focus_next", "next", show=False, id="export.next"),
        Binding("up", "app.focus_previous", "previous", show=False, id="export.previous"),
    ]
    DEFAULT_CSS = """
    ExportDialog Radio { margin-bottom: 1; }
    ExportDialog FieldInput { background: $background; }
    ExportDialog FieldInput:focus { background: $primary-muted; }
    """

    def __init__(self, what: Exportable, symbols: Symbols) -> None:
        super().__init__(symbols)
        self._what = what
        reason = "" if what.plan else "something is to be settled first"
        options = (
            Option("answers", "answers file", "what was chosen, one YAML file"),
            Option("bundle", "bundle", f"values, manifests, {SCRIPT}, answers, README", reason),
        )
        self._kind = Radio(symbols, options, wide=True, id="export-kind")
        self._kind.chosen = "answers"
        self._path = FieldInput(select_on_focus=False, id="export-path")
        self._told = Static(markup=False, id="export-told")

    def compose(self) -> ComposeResult:
        keys = (("escape", "close", True), ("tab", "next", True), ("enter", "write it", True))
        with self.box("Export"):
            yield self._kind
            yield self._path
            yield self._told
            yield Keys(self._symbols, *keys)

    def on_mount(self) -> None:
        self._kind.focus()
        self._propose()

    def on_radio_changed(self) -> None:
        self._propose()

    def _propose(self) -> None:
        """Into the directory where the program was started."""
        bundle = self._kind.chosen == "bundle"
        self._path.value = f"./{self._what.name}{'-bundle' if bundle else '.yaml'}"
        words = (
            "a new directory" if bundle else "another file of that name stays, and a number is put behind the new one's"
        )
        self._told.update(Content.styled(self._symbols.text(words), STYLES["quiet"]))

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_write(self) -> None:
        try:
            written = self._write(Path(self._path.value.strip()).expanduser())
        except (UserError, ValueError) as error:
            words = self._symbols.text(f"✗ {error}")
            self._told.update(Content.styled(words, STYLES["failed"]))
        else:
            self.dismiss(f"written to {written}")

    def _write(self, path: Path) -> str:
        """Raises UserError, and ValueError for a path that no system has."""
        what = self._what
        if self._kind.chosen == "answers":
            made = save(what.answers, path.name.removesuffix(".yaml") or what.name, path.parent)
            return made.name if made.parent.resolve() == Path.cwd() else str(made)
        if what.choice is None or what.plan is None:
            raise UserError("There is no bundle while something is to be settled.", "ctrl+n goes to it.")
        files = write_bundle(path, what.answers.text, what.choice, what.plan)
        return f"{path}, {len(files)} files"
