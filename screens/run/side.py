"""What stands beside the cluster: what it costs, what happened last, what the plan says."""

from collections.abc import Iterator

from rich.cells import cell_len
from textual.content import Content

from llmd_tui.ours import GPU_NODES
from llmd_tui.plan.actions import Helm
from llmd_tui.plan.fit import short
from llmd_tui.rollout.words import clock, estimate
from llmd_tui.run.progress import RunProgress
from llmd_tui.run.spent import spent
from screens.glyphs import Symbols
from screens.run.live import LiveRun
from screens.widgets.frame import cut

LABEL = 14
CHARTS = {
    "gateway": "gateway",
    "router": "router",
    "gpu-operator": "GPU operator",
    "network-operator": "network op.",
    "lws": "LWS",
}


def cost_text(run: LiveRun, width: int, symbols: Symbols) -> Content:
    """List prices an hour, and what the GPU nodes have cost since they came, estimated."""
    cost = spent(run.plan, run.choice, run.view().all("Node", labels=GPU_NODES), run.now())
    if cost is None:
        why = "no list price is known here" if run.choice.azure else "nothing is bought: the nodes are there already"
        return cut(Content.styled(why, "dim"), width, symbols)
    rows = [
        (f"{run.choice.nodes} × {short(run.choice.size)}", f"${cost.gpus:.2f}/h", ""),
        ("system pool, load balancer", f"${cost.rest:.2f}/h", ""),
    ]
    if cost.uptime is None:
        rows.append(("so far, no GPU node is up", "about $0", ""))
    else:
        up, told = estimate(cost.uptime), f"about ${cost.so_far:.0f}"
        long = f"so far, GPU nodes up {up}"
        rows.append((long if len(long) + len(told) < width else f"so far, up {up}", told, "bold"))
    return Content("\n").join(_spread(*row, width, symbols) for row in rows)


def _spread(left: str, right: str, style: str, width: int, symbols: Symbols) -> Content:
    label = cut(Content.styled(symbols.text(left), "dim"), max(4, width - len(right) - 1), symbols)
    return Content.assemble(label, " " * max(1, width - label.cell_length - len(right)), (right, style))


def latest_text(progress: RunProgress, width: int, rows: int, symbols: Symbols) -> Content:
    """Newest first, each with the run's clock."""
    begun = progress.started or 0.0
    latest = [(clock(at - begun), text) for at, text in progress.latest[: max(1, rows)]]
    cells = max((len(when) for when, _ in latest), default=0)
    lines = (
        Content.assemble((f"{when:>{cells}}  ", "dim"), _whole_words(symbols.text(text), width - cells - 2, symbols))
        for when, text in latest
    )
    return Content("\n").join(cut(line, max(8, width), symbols) for line in lines)


def _whole_words(text: str, width: int, symbols: Symbols) -> str:
    """As many words as fit, with a sign that there are more."""
    if cell_len(text) <= width:
        return text
    words = text.split(" ")
    while len(words) > 1 and cell_len(" ".join(words)) + 1 > width:
        words.pop()
    return " ".join(words).rstrip(",:;") + symbols.text("…")


def plan_text(run: LiveRun, width: int, symbols: Symbols) -> Content:
    """What is being rolled out, with its versions."""
    facts = dict(_facts(run)).items()
    return Content("\n").join(
        cut(Content.assemble((f"{label:<{LABEL}}", "dim"), symbols.text(value)), max(8, width), symbols)
        for label, value in facts
    )


def _facts(run: LiveRun) -> Iterator[tuple[str, str]]:
    choice = run.choice
    yield "model", choice.model.name
    for role in choice.layout.roles:
        yield role.role, f"{role.replicas} × TP{role.tensor_parallel}"
    yield "llm-d", choice.release.version
    for phase in run.plan.phases:
        for action in phase.actions:
            if isinstance(action, Helm) and phase.name in CHARTS:
                yield CHARTS[phase.name], action.version
    if choice.azure and choice.azure.kubernetes_version:
        yield "Kubernetes", choice.azure.kubernetes_version
    yield "node OS", choice.os_sku
