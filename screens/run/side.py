"""What stands under the phases: what it costs, what happened last."""

from textual.content import Content

from llmd_tui.plan.fit import short
from llmd_tui.rollout.words import age, clock
from llmd_tui.run.progress import RunProgress
from screens.run.live import LiveRun


def cost_text(run: LiveRun, width: int) -> Content:
    """List prices an hour, and what the GPU nodes have cost since they came, estimated."""
    cost, size = run.plan.cost_per_hour, run.choice.size
    if cost.amount is None or size.price is None:
        return Content.styled("nothing is bought: the nodes are there already" if not run.choice.azure else "?", "dim")
    nodes = size.price.usd_per_hour * run.choice.nodes
    rows = [(f"{run.choice.nodes} × {short(size)}", f"${nodes:.2f}/h"), ("the rest", f"${cost.amount - nodes:.2f}/h")]
    pool = run.progress.phases.get("cluster") or run.progress.phases.get("gpu-pool")
    if pool and pool.started:
        hours = (run.clock.time() - pool.started) / 3600
        rows.append(("so far, at most", f"about ${cost.amount * hours:.0f}"))
    return Content("\n").join(_spread(left, right, width) for left, right in rows)


def _spread(left: str, right: str, width: int) -> Content:
    return Content.assemble((left, "dim"), " " * max(1, width - len(left) - len(right)), right)


def latest_text(progress: RunProgress, width: int) -> Content:
    """Newest first, each with the run's clock."""
    begun = progress.started or 0.0
    lines = (Content.assemble((f"{clock(at - begun)}  ", "dim"), text) for at, text in progress.latest)
    return Content("\n").join(line.truncate(max(8, width), ellipsis=True) for line in lines)


def trust(run: LiveRun, kind: str) -> str:
    """How old what is known of a kind is; empty before there is a connection."""
    fresh = run.freshness(kind)
    if fresh is None:
        return ""
    old = age(run.clock.time() - fresh.since)
    match fresh.state:
        case "stale":
            return f"◇ stale {old}"
        case "reconnecting":
            return f"○ reconnecting {old}"
        case "loading":
            return "● reading"
        case "absent":
            return "– not there"
        case _:
            return "live"
