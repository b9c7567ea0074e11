"""The nodes × stages matrix."""

from collections.abc import Sequence
from typing import ClassVar

from llmd_tui.rollout.cells import Cell as StageCell
from llmd_tui.rollout.stages import COMPLETE, NodeProgress, Stage
from llmd_tui.rollout.times import WORST_FIRST
from llmd_tui.rollout.words import duration
from screens.glyphs import GLYPHS, Role, State, Symbols
from screens.run.live import LiveRun
from screens.widgets.table import Cell, Column, Row, Table

NODE_WIDTH = 20
MORE = "more"
"""The key of the row that counts the complete nodes."""
EMPTY = "No GPU node yet. They come with the node pool."
TIMED = ("running", "slow", "failed")


class NodesTable(Table):
    """One row a GPU node, one column a stage; a running or failed cell carries its time.

    `room` is how many nodes there is room for: with more of them the complete ones are counted in one row.
    """

    LIVE: ClassVar[bool] = True
    CELLS_BETWEEN: ClassVar[int] = 1

    def __init__(self, run: LiveRun, symbols: Symbols) -> None:
        self._stages = run.sight.stages
        super().__init__(
            _columns(self._stages, [], long=False),
            symbols=symbols,
            empty=EMPTY,
            id="nodes",
        )
        self._run = run
        self.room = 8
        self.long = False

    @property
    def selected(self) -> NodeProgress | None:
        return next((node for node in self._run.sight.nodes if node.node == self.cursor_key), None)

    def show(self) -> None:
        nodes = self._run.sight.nodes
        shown = nodes
        self.set_empty(self._run.unseen or EMPTY)
        if len(nodes) > self.room:
            going = [node for node in nodes if node.stage != COMPLETE]
            shown = sorted(going, key=lambda node: (WORST_FIRST.index(node.state), node.node))
        self.set_columns(_columns(self._stages, nodes, long=self.long))
        rows = [self._row(node) for node in shown]
        if more := len(nodes) - len(shown):
            rows.append(Row(MORE, {"node": Cell(f"{more} more complete" if shown else f"{more} complete", "quiet")}))
        self.set_rows(rows)

    def _row(self, node: NodeProgress) -> Row:
        cells = {"node": Cell(node.node)}
        for stage in self._stages:
            cells[stage.name] = self._cell(node.cell(stage.name))
        have, wanted = node.gpus
        cells["gpus"] = Cell(f"{have}/{wanted}", "text" if have == wanted else "quiet")
        return Row(node.node, cells)

    def _cell(self, cell: StageCell) -> Cell:
        state: State = cell.state
        glyph = self._symbols.of(state)
        role: Role = GLYPHS[state].role
        if state in TIMED and cell.since:
            return Cell(duration((self._run.now() - cell.since).total_seconds()), sign=glyph, sign_role=role)
        return Cell(glyph, role)


def _columns(stages: tuple[Stage, ...], nodes: Sequence[NodeProgress], *, long: bool) -> tuple[Column, ...]:
    """Where it is narrow, what every node has behind it leaves first, then what none has begun; never what goes on."""
    columns = [Column("node", "NODE", width=NODE_WIDTH, stretch=True, names="-")]
    for at, stage in enumerate(stages):
        states = {node.cell(stage.name).state for node in nodes}
        keep = 2 * len(stages) - at if states <= {"done"} else at + 1 if states <= {"pending", "done"} else 0
        columns.append(Column(stage.name, (stage.long + " ") if long else stage.short, keep=keep))
    return (*columns, Column("gpus", "GPU", "right", width=5 if long else 4))


def nodes_note(nodes: Sequence[NodeProgress], wanted: int) -> str:
    """Where the nodes stand: `2 of 2 at driver`, `1 of 2 complete, 1 failed at peer`."""
    complete = sum(node.stage == COMPLETE for node in nodes)
    failed = [node for node in nodes if node.state == "failed"]
    if failed:
        return f"{complete} of {wanted} complete, {len(failed)} failed at {failed[0].stage}"
    going = [node.stage for node in nodes if node.stage != COMPLETE]
    if not nodes:
        return f"0 of {wanted} there"
    if not going:
        return f"{complete} of {wanted} complete"
    told = f"{going.count(going[0])} of {wanted} at {going[0]}"
    return told + (f", {complete} complete" if complete else "")
