"""Where each node stands in its own rollout: the nodes × stages matrix."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from llmd_tui.kube.store import View
from llmd_tui.rollout import evidence_gpu, evidence_rdma, locked_memory, nodes
from llmd_tui.rollout.cells import Cell, Seat
from llmd_tui.rollout.moment import Moment
from llmd_tui.rollout.times import State, Step

COMPLETE = "complete"
LOCKED = "locked"
"""Beside the drivers' rollout: a node is complete without it."""


@dataclass(frozen=True)
class Stage:
    """A column of the matrix, `short` and `long` its heads. It cannot begin before those of `needs` are done."""

    name: str
    short: str
    long: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class NodeProgress:
    """A row of the matrix.

    `stage` is where the node stands: a stage's name, `node` while something is wrong with the node itself, or
    `complete`. `state`, `since`, `text` and `step` belong to it; `step` knows what is usual. `gpus` are those that
    can be allocated, and those that there should be.
    """

    node: str
    stage: str
    state: State
    since: datetime | None
    text: str
    step: Step | None
    gpus: tuple[int, int]
    cells: tuple[Cell, ...]

    def cell(self, stage: str) -> Cell:
        """The cell in the column of that stage."""
        return next(cell for cell in self.cells if cell.stage == stage)


_LOOKS: Mapping[str, Callable[[Seat, frozenset[str]], Cell]] = {
    "nfd": evidence_rdma.nfd,
    "ofed": evidence_rdma.ofed,
    "rdma": evidence_rdma.rdma,
    "dranet": evidence_rdma.dranet,
    "driver": evidence_gpu.driver,
    "peermem": evidence_gpu.peermem,
    "toolkit": evidence_gpu.toolkit,
    "plugin": evidence_gpu.plugin,
    "valid": evidence_gpu.valid,
    "gpus": evidence_gpu.gpus,
    LOCKED: locked_memory.locked,
}


def stages_of(strategy: str, rdma: bool, *, locked: bool = False) -> tuple[Stage, ...]:
    """The columns for a driver strategy and a size with or without RDMA; `locked` when memory is to be locked."""
    return (*_drivers(strategy, rdma), *((Stage(LOCKED, "LOCK", "LOCKED"),) if locked else ()))


def _drivers(strategy: str, rdma: bool) -> tuple[Stage, ...]:
    nfd = Stage("nfd", "NFD", "NFD")
    ofed = Stage("ofed", "OFED", "OFED", ("nfd",))
    devices = Stage("rdma", "RDMA", "RDMA", ("ofed",))
    before = (nfd, ofed, devices) if rdma else (nfd,)
    match strategy:
        case "gpu-operator":
            driver = Stage("driver", "DRIVER", "DRIVER", ("nfd", "ofed") if rdma else ("nfd",))
            peermem = (Stage("peermem", "PEER", "PEER", ("driver",)),) if rdma else ()
            toolkit = Stage("toolkit", "TOOL", "TOOLKIT", ("driver", *(stage.name for stage in peermem)))
            plugin = Stage("plugin", "PLUG", "PLUGIN", ("toolkit",))
            return (
                *before,
                driver,
                *peermem,
                toolkit,
                plugin,
                Stage("valid", "VALID", "VALIDATED", ("toolkit", "plugin")),
            )
        case "aks-managed-gpu":
            gpus = Stage("gpus", "GPUS", "GPUS")
            return (gpus, Stage("dranet", "DRANET", "DRANET")) if rdma else (gpus,)
        case _:
            plugin = Stage("plugin", "PLUG", "PLUGIN")
            return (*before, Stage("peermem", "PEER", "PEER", ("ofed",)), plugin) if rdma else (plugin,)


def node_stages(
    view: View,
    *,
    labels: Mapping[str, str],
    strategy: str,
    rdma: bool,
    gpus: int,
    now: datetime,
    locked: bool = False,
) -> list[NodeProgress]:
    """One row for each node with these labels, and for each that vanished and left pods of the driver stack behind.

    `gpus` is what a node of this size has. Sorted by name.
    """
    moment = Moment(view, now)
    stages = stages_of(strategy, rdma, locked=locked)
    seats = [Seat(moment, node, strategy, rdma, gpus) for node in view.all("Node", labels=labels)]
    rows = [_row(seat, stages) for seat in seats]
    return sorted([*rows, *(_vanished(name, stages, gpus) for name in nodes.gone(moment))], key=lambda row: row.node)


def _row(seat: Seat, stages: tuple[Stage, ...]) -> NodeProgress:
    silent = nodes.not_ready(seat.node, seat.moment)
    if silent:
        # What its pods and resources said before is of no worth now.
        state: State = "blocked" if silent.state in ("slow", "failed") else "pending"
        cells = tuple(Cell(stage.name, state, text="the node is not ready") for stage in stages)
    else:
        cells = _cells(stages, seat)
    now = silent or nodes.problem(seat.node) or _current(cells)
    offered = int(seat.allocatable(evidence_gpu.GPU) or 0)
    return NodeProgress(seat.name, now.stage, now.state, now.since, now.text, now.step, (offered, seat.gpus), cells)


def _cells(stages: tuple[Stage, ...], seat: Seat) -> tuple[Cell, ...]:
    """Each by its own evidence; what has not begun waits for what it needs, or is blocked by it."""
    found: dict[str, Cell] = {}
    for stage in stages:
        cell = _LOOKS[stage.name](seat, frozenset(name for name, cell in found.items() if cell.state == "done"))
        by = next((name for name in stage.needs if found[name].state in ("failed", "blocked")), None)
        if by and cell.state in ("pending", "waiting", "blocked"):
            cell = replace(cell, state="blocked", text=f"blocked by {by}", since=None, step=None)
        found[stage.name] = cell
    return tuple(found.values())


def _current(cells: Iterable[Cell]) -> Cell:
    """What failed comes first, then the first stage that is not done."""
    unmet = [cell for cell in cells if cell.state != "done" and (cell.stage != LOCKED or cell.state == "failed")]
    failed = [cell for cell in unmet if cell.state == "failed"]
    return next(iter(failed or unmet), Cell(COMPLETE, "done", text=COMPLETE))


def _vanished(name: str, stages: tuple[Stage, ...], gpus: int) -> NodeProgress:
    text = "the node is gone"
    cells = tuple(Cell(stage.name, "blocked", text=text) for stage in stages)
    return NodeProgress(name, nodes.STAGE, "failed", None, text, None, (0, gpus), cells)
