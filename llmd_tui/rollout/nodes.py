"""What is wrong with a node itself. It comes before everything that its pods and the operators' objects say."""

from datetime import timedelta

from llmd_tui.objects import Object
from llmd_tui.rollout.cells import Cell
from llmd_tui.rollout.containers import active
from llmd_tui.rollout.moment import Moment, node_ready
from llmd_tui.rollout.reading import changed, condition_of, created, dig, listed, name_of, text, when
from llmd_tui.rollout.times import State, node_problems, step

STAGE = "node"

_RESTART = timedelta(minutes=3)
_JOINING = timedelta(minutes=10)
_GPU_ONLY = frozenset({"ofed", "rdma-plugin", "driver", "toolkit", "plugin", "validator", "cuda-validator", "peermem"})


def not_ready(node: Object, moment: Moment) -> Cell | None:
    """None when the node is Ready. A node that has just come, or whose container runtime was restarted, is let be."""
    if node_ready(node):
        return None
    condition = condition_of(node, "Ready")
    since, born = changed(node, "Ready"), created(node)
    if born and moment.now - born < _JOINING and (since is None or since - born < timedelta(seconds=5)):
        joining = step("node")
        return Cell(STAGE, joining.judge(born, moment.now), since=born, text=joining.doing, step=joining)
    if condition.get("status") == "Unknown":
        return Cell(STAGE, "failed", since=since, text="the node is not ready: its kubelet is silent")
    restart = step("node-restart")
    if _runtime_restarted(node, moment):
        state: State = restart.judge(since, moment.now)
        return Cell(STAGE, state, since=since, text=restart.doing, step=restart)
    state = "failed" if restart.judge(since, moment.now) == "failed" else "slow"
    detail = text(condition.get("message")) or text(condition.get("reason"))
    return Cell(STAGE, state, since=since, text=f"the node is not ready: {detail}".removesuffix(": "))


def problem(node: Object) -> Cell | None:
    """A failure that the node problem detector reports of a node that is Ready."""
    for condition in listed(dig(node, "status", "conditions")):
        kind = text(condition.get("type"))
        if kind in node_problems() and condition.get("status") == "True":
            since = when(condition.get("lastTransitionTime"))
            return Cell(
                STAGE, "failed", since=since, text=f"{kind}: {text(condition.get('message'))}".removesuffix(": ")
            )
    return None


def gone(moment: Moment) -> list[str]:
    """Names of GPU nodes that vanished: pods of the driver stack stay behind for about 40 s."""
    if not moment.nodes:
        return []
    return sorted({name for name, role in moment.pods if role in _GPU_ONLY and name not in moment.nodes})


def _runtime_restarted(node: Object, moment: Moment) -> bool:
    """The toolkit restarts containerd when it starts."""
    toolkit = moment.pod(name_of(node), "toolkit")
    running = active(toolkit) if toolkit else None
    return bool(running and running.since and moment.now - running.since < _RESTART)
