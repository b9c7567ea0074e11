"""What stands under the cursor of a pane, in full: to read, and to copy."""

from dataclasses import dataclass

from llmd_tui.objects import Object
from llmd_tui.rollout.describe import describe, to_yaml
from llmd_tui.rollout.groups import PodRow
from llmd_tui.rollout.reading import dig, text
from llmd_tui.run.describe import describe_phase
from screens.run.events import EventsTable
from screens.run.live import LiveRun
from screens.run.log_lines import LogTable
from screens.run.nodes import NodesTable
from screens.run.phases import PhasesTable
from screens.run.pods import PodsTable


@dataclass(frozen=True)
class Details:
    """`copy` is what `c` takes: the name, or the line."""

    title: str
    text: str
    yaml: str
    copy: str


def details(run: LiveRun, pane: object) -> Details | None:
    """None where nothing is selected."""
    match pane:
        case PhasesTable():
            return _phase(run, pane.cursor_key or "")
        case NodesTable():
            return _object(run, run.view().get("Node", pane.cursor_key or ""), "Node")
        case PodsTable():
            return _pods(run, pane.selected)
        case EventsTable():
            return _object(run, pane.selected, "Event")
        case LogTable():
            return _line(pane)
        case _:
            return None


def has_details(pane: object) -> bool:
    """Whether there is anything to open, without making it."""
    match pane:
        case PodsTable() | EventsTable() | NodesTable():
            return pane.selected is not None
        case PhasesTable():
            return pane.cursor_key is not None
        case LogTable():
            return bool(pane.lines)
        case _:
            return False


def _phase(run: LiveRun, name: str) -> Details | None:
    if name not in run.progress.phases:
        return None
    told = describe_phase(run.plan.by_name[name], run.progress.phases[name], run.clock.time())
    return Details(f"Phase {name}", told, "", name)


def _pods(run: LiveRun, row: PodRow | None) -> Details | None:
    if row is None:
        return None
    if row.grouped:
        lines = (f"{pod.namespace}/{pod.name}  {pod.ready}  {pod.word}  {pod.node}" for pod in row.pods)
        head = f"{row.title}: {row.word}" + (f", {row.reason}" if row.reason else "")
        return Details(row.title, "\n".join([head, "", *lines]), "", "\n".join(pod.name for pod in row.pods))
    pod = row.pods[0]
    return _object(run, run.view().get("Pod", pod.name, pod.namespace), "Pod")


def _object(run: LiveRun, obj: Object | None, kind: str) -> Details | None:
    if obj is None:
        return None
    name = text(dig(obj, "metadata", "name"))
    # What is listed comes without its kind.
    whole = {"kind": kind, **obj}
    copy = text(obj.get("message")) if kind == "Event" else name
    return Details(f"{kind} {name}", describe(whole, run.view(), run.now()), to_yaml(whole), copy)


def _line(log: LogTable) -> Details | None:
    if not log.lines:
        return None
    line = log.lines[log.position].text
    return Details("Log line", line, "", line)
