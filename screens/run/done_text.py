"""What the panes of the last screen say, as wide as they are."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from llmd_tui.draft.summary import cost_parts
from llmd_tui.ours import GPU_NODES
from llmd_tui.plan.endpoint import Endpoint
from llmd_tui.rollout.words import duration, estimate
from llmd_tui.run.spent import spent
from llmd_tui.run.times import PhaseTime
from llmd_tui.serving.link import Link
from llmd_tui.serving.standing import Part, addresses
from llmd_tui.text import one_line
from screens.glyphs import GLYPHS, Symbols
from screens.run.live import LiveRun
from screens.run.takeaway import takeaway
from screens.widgets.facts import Fact, facts, folded
from screens.widgets.frame import STYLES, cut

LABEL = 13
NAME = 18
MOST_PHASES = 8
MOST_SLOW = 2


def endpoint_text(run: LiveRun, where: Endpoint, link: Link, width: int, symbols: Symbols) -> Content:
    """Where it answers, from here, from the cluster and from outside."""
    at = addresses(run.choice, run.plan, run.view())
    if link.on:
        state = Content.assemble((symbols.of("done"), STYLES["done"]), " port-forward on")
    else:
        state = Content.assemble(("u", "bold"), (" port-forward off", STYLES["quiet"]))
    url = Content.styled(f"{link.url}/v1", "" if link.on else STYLES["quiet"])
    label = Content.styled(f"{'from here':<{LABEL}}", STYLES["quiet"])
    here = _spread(Content.assemble(label, url), state, width, symbols)
    rows: list[Fact] = [("in cluster", at.in_cluster, "text")]
    if at.outside:
        rows.append(("from outside", at.outside, "text"))
    rows.append(("model", where.model, "text"))
    rows.append(("gateway", at.gateway, "quiet"))
    if link.trouble:
        rows.append(("", f"{symbols.of('failed')} {one_line(link.trouble)}", "failed"))
    return Content("\n").join([here, facts(rows, width, symbols, label=LABEL)])


def times_text(phases: Sequence[PhaseTime], width: int, symbols: Symbols) -> Content:
    """The longest phases in the order of their beginning: time, a bar of it, what is usual; and what was stuck."""
    shown = sorted(phases, key=lambda phase: -phase.seconds)[:MOST_PHASES]
    longest = max((phase.seconds for phase in shown), default=1.0)
    lines: list[Content] = []
    for phase in (phase for phase in phases if phase in shown):
        usual = f"usual {estimate(phase.normal)}" if phase.normal else ""
        name = cut(Content.styled(f"{phase.phase:<{NAME}}", STYLES["quiet"]), NAME, symbols)
        head = Content.assemble(name, f" {duration(phase.seconds):>6}  ")
        room = max(4, width - head.cell_length - len(usual) - 2)
        drawn = _bar(phase, longest, room, symbols)
        gap = " " * max(1, width - head.cell_length - drawn.cell_length - len(usual))
        lines.append(Content.assemble(head, drawn, gap, (usual, STYLES["faint"])))
    lines += _remarks(phases, width, symbols)
    if rest := len(phases) - len(shown):
        lines.append(Content.styled(f"{rest} more took less", STYLES["quiet"]))
    return Content("\n").join(lines) if lines else Content.styled("Nothing took a second.", STYLES["quiet"])


def _bar(phase: PhaseTime, longest: float, room: int, symbols: Symbols) -> Content:
    """Stretches of work, and of being stuck, one after the other."""
    parts: list[tuple[str, str]] = []
    at = 0.0
    used = 0
    for part in phase.parts:
        at += part.seconds
        until = max(round(at / longest * room), used + (1 if part.seconds >= 1 else 0))
        style = STYLES["failed" if part.stuck else "running"]
        parts.append((symbols.text("━" * (until - used)), style))
        used = until
    return Content.assemble(*parts)


def _remarks(phases: Sequence[PhaseTime], width: int, symbols: Symbols) -> Iterator[Content]:
    """What was stuck, and the slowest."""
    sign = symbols.text("━━")
    for phase in phases:
        for part in phase.parts:
            if part.stuck:
                told = f" stuck for {duration(part.seconds)} at {phase.phase}: {one_line(part.stuck)}"
                yield cut(Content.assemble((sign, STYLES["failed"]), symbols.text(told)), width, symbols)
    slow = sorted((phase for phase in phases if phase.beyond >= 1), key=lambda phase: -phase.beyond)
    for phase in slow[:MOST_SLOW]:
        told = f" {phase.phase} took {duration(phase.beyond)} longer than what is called slow"
        yield cut(Content.assemble((symbols.of("slow"), STYLES["slow"]), symbols.text(told)), width, symbols)


def cost_text(run: LiveRun, width: int, symbols: Symbols) -> Content:
    """An hour in parts, what this run has cost so far, a day: list prices."""
    hourly = run.plan.cost_per_hour
    if run.choice.azure is None:
        return _quiet("Nothing was bought: the nodes were there already.", width, symbols)
    if hourly.amount is None:
        return _quiet("The price of these nodes is not known here.", width, symbols)
    rows = [(name, f"${price:,.2f}/h" if price is not None else "?", "") for name, price in cost_parts(run.choice)]
    so_far = spent(run.plan, run.choice, run.view().all("Node", labels=GPU_NODES), run.now())
    if so_far and so_far.uptime is not None:
        rows.append(("this run so far", f"about ${so_far.so_far:,.0f}", "bold"))
    rows.append(("a day at this rate", f"${hourly.amount * 24:,.0f}", ""))
    lines = [
        _spread(Content.styled(symbols.text(name), STYLES["quiet"]), Content.styled(price, style), width, symbols)
        for name, price, style in rows
    ]
    return Content("\n").join([*lines, _quiet("without disks, traffic and logs", width, symbols)])


def stop_text(commands: Sequence[str], width: int, symbols: Symbols) -> Content:
    """What ends the cost, or what was put there."""
    return facts([("$", command, "text") for command in commands], width, symbols, label=2)


def running_text(parts: Sequence[Part], width: int, symbols: Symbols) -> Content:
    if not parts:
        return _quiet("There is no connection to the cluster now; what runs is not seen.", width, symbols)
    lines = [
        Content.assemble(
            (symbols.of(part.state), STYLES[GLYPHS[part.state].role]), " ",
            (f"{part.name:<17}", STYLES["quiet"]), symbols.text(one_line(part.text)),
        )
        for part in parts
    ]  # fmt: skip
    return Content("\n").join(cut(line, width, symbols) for line in lines)


def exports_text(run: LiveRun, width: int, symbols: Symbols) -> Content:
    things = takeaway(run)
    lines = [
        Content.assemble(
            (symbols.of("done"), STYLES["done"]),
            f" {thing.label:<15}",
            symbols.text(things.told(run.written[thing.key])),
        )
        for thing in things.things
        if thing.key in run.written
    ]
    if not lines:
        return _quiet("Nothing yet. e takes along the answers file, a bundle, the report, the checks.", width, symbols)
    lines.append(Content.styled("no secret in any of them", STYLES["quiet"]))
    return Content("\n").join(cut(line, width, symbols) for line in lines)


def reminders_text(reminders: Sequence[str], width: int, symbols: Symbols) -> Content:
    lines: list[Content] = []
    for reminder in reminders:
        first, *rest = folded(symbols.text(one_line(reminder)), width - 2)
        lines.append(Content.assemble((symbols.of("slow"), STYLES["slow"]), " ", first))
        lines += [Content(f"  {line}") for line in rest]
    return Content("\n").join(lines)


def next_text(keys: Sequence[tuple[str, str, str]], width: int, symbols: Symbols) -> Content:
    """Key, its word, and what it does."""
    lines = [
        Content.assemble((f"{key:<3}", "bold"), f"{word:<14}", (text, STYLES["quiet"])) for key, word, text in keys
    ]
    return Content("\n").join(cut(line, width, symbols) for line in lines)


def _quiet(text: str, width: int, symbols: Symbols) -> Content:
    return facts([("", text, "quiet")], width, symbols, label=0)


def _spread(left: Content, right: Content, width: int, symbols: Symbols) -> Content:
    room = width - right.cell_length - 1
    left = cut(left, max(4, room), symbols)
    return Content.assemble(left, " " * max(1, width - left.cell_length - right.cell_length), right)
