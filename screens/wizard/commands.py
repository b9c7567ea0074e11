"""The commands of a plan, one a row, to be looked at and copied."""

from typing import ClassVar

from llmd_tui.plan.graph import Plan
from llmd_tui.plan.output import phase_commands
from screens.glyphs import Symbols
from screens.widgets.table import Cell, Column, Row, Table


class Commands(Table):
    """Those of all phases, in the order in which they run."""

    HEAD: ClassVar[bool] = False

    def __init__(self, symbols: Symbols) -> None:
        columns = (Column("command", "", stretch=True, least=20), Column("phase", "", keep=1))
        super().__init__(columns, symbols=symbols, id="commands")
        self._commands: dict[str, tuple[str, str]] = {}

    def show(self, plan: Plan) -> int:
        """How many there are."""
        self._commands = {
            f"{phase.name} {place}": (phase.name, command)
            for phase in plan.phases
            for place, command in enumerate(phase_commands(phase))
        }
        self.set_rows(
            Row(key, {"command": Cell(f"$ {command.splitlines()[0]}", "quiet"), "phase": Cell(phase, "faint")})
            for key, (phase, command) in self._commands.items()
        )
        return len(self._commands)

    def move_to_phase(self, phase: str) -> None:
        """To its first command; where it has none, nothing moves."""
        self.move_to(f"{phase} 0")

    @property
    def command(self) -> str:
        """The one under the cursor, whole."""
        return self._commands.get(self.cursor_key or "", ("", ""))[1]

    @property
    def phase(self) -> str:
        """Of the command under the cursor."""
        return self._commands.get(self.cursor_key or "", ("", ""))[0]
