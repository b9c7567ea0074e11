"""The nodes × stages matrix."""

from llmd_tui.plan.choice import GPU_NODES
from llmd_tui.rollout.cells import Cell as StageCell
from llmd_tui.rollout.names import shorten
from llmd_tui.rollout.stages import NodeProgress, Stage, node_stages, stages_of
from llmd_tui.rollout.words import duration
from screens.glyphs import GLYPHS, Role, State, Symbols
from screens.run.live import LiveRun
from screens.widgets.table import Cell, Column, Row, Table

NODE_WIDTH = 20


class NodesTable(Table):
    """One row a GPU node, one column a stage; a running or failed cell carries its time."""

    def __init__(self, strategy: str, rdma: bool, symbols: Symbols) -> None:
        stages = stages_of(strategy, rdma)
        super().__init__(
            _columns(stages, []), symbols=symbols, empty="No GPU node yet. They come with the node pool.", id="nodes"
        )
        self._stages = stages

    def show(self, run: LiveRun) -> str:
        """Returns the pane's note: where the nodes stand, in words."""
        choice = run.choice
        nodes = node_stages(
            run.view(),
            labels=GPU_NODES,
            strategy=choice.strategy.name,
            rdma=choice.rdma,
            gpus=choice.size.gpu.count,
            now=run.now(),
        )
        self._all_columns = _columns(self._stages, nodes)
        self.set_rows([self._row(node, run) for node in nodes])
        return _note(nodes, choice.nodes)

    def _row(self, node: NodeProgress, run: LiveRun) -> Row:
        cells = {"node": Cell(shorten(node.node, self.width_of("node") or NODE_WIDTH))}
        for stage in self._stages:
            cells[stage.name] = self._cell(node.cell(stage.name), run)
        have, wanted = node.gpus
        cells["gpus"] = Cell(f"{have}/{wanted}", "text" if have == wanted else "quiet")
        return Row(node.node, cells)

    def _cell(self, cell: StageCell, run: LiveRun) -> Cell:
        state: State = cell.state
        glyph = self._symbols.of(state)
        role: Role = GLYPHS[state].role
        if state in ("running", "slow", "failed") and cell.since:
            return Cell(f"{glyph} {duration((run.now() - cell.since).total_seconds())}", role)
        return Cell(glyph, role)


def _columns(stages: tuple[Stage, ...], nodes: list[NodeProgress]) -> tuple[Column, ...]:
    """Where it is narrow, what every node has behind it leaves first, then what none has begun; never what goes on."""
    columns = [Column("node", "NODE", width=NODE_WIDTH, stretch=True)]
    for at, stage in enumerate(stages):
        states = {node.cell(stage.name).state for node in nodes}
        keep = 2 * len(stages) - at if states <= {"done"} else at + 1 if states <= {"pending", "done"} else 0
        columns.append(Column(stage.name, stage.short, keep=keep))
    return (*columns, Column("gpus", "GPU", "right", width=5))


def _note(nodes: list[NodeProgress], wanted: int) -> str:
    complete = sum(node.stage == "complete" for node in nodes)
    failed = [node for node in nodes if node.state == "failed"]
    if failed:
        return f"{complete} of {wanted} complete, {len(failed)} failed at {failed[0].stage}"
    if nodes and complete < len(nodes):
        stages = [node.stage for node in nodes if node.stage != "complete"]
        return f"{stages.count(stages[0])} of {wanted} at {stages[0]}" + (f", {complete} complete" if complete else "")
    return f"{complete} of {wanted} complete"
