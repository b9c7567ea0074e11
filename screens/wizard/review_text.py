"""What the review says about a plan, as content: cost, what is created, checks, a phase."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from textual.content import Content

from llmd_tui.config.problems import Problem
from llmd_tui.draft.steps import step_of
from llmd_tui.draft.summary import cost_parts, created, does
from llmd_tui.events import CheckLine
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase, Plan
from llmd_tui.rollout.words import many
from screens.glyphs import GLYPHS, State, Symbols
from screens.widgets.frame import STYLES

QUIET, FAINT = STYLES["quiet"], STYLES["faint"]
LABEL = 11
STATES: dict[str, State] = {"pass": "done", "warn": "slow", "fail": "failed", "skipped": "skipped"}


def cost(plan: Plan, choice: Choice, width: int, symbols: Symbols) -> Content:
    """What is bought, an hour of it, and what the way to the first answer costs."""
    parts = cost_parts(choice)
    if not parts:
        return Content.styled("Nothing is bought: the cluster is there already.", QUIET)
    lines = [_price(symbols.text(name), _hourly(price), width, QUIET) for name, price in parts]
    if (amount := plan.cost_per_hour.amount) is not None:
        lines.append(_price("while it exists", f"${amount:,.2f}/h", width, "bold"))
        if most := plan.cost_per_hour.at_most:
            lines.append(_price(f"with all {choice.most_nodes} nodes", f"${most:,.2f}/h", width, QUIET))
        until = f"about ${amount * plan.critical_seconds / 3600:,.0f}"
        lines.append(_price("until the first token", until, width, QUIET))
    lines.append(Content.styled("without: disks, traffic, log storage", FAINT))
    return Content("\n").join(lines)


def _price(name: str, amount: str, width: int, style: str) -> Content:
    gap = " " * max(2, width - len(name) - len(amount))
    return Content.assemble((name, "" if style == "bold" else style), gap, (amount, style))


def _hourly(price: float | None) -> str:
    return "not known" if price is None else f"${price:,.2f}/h"


def keys(rows: Iterable[tuple[str, str]]) -> Content:
    """A key and what it does, one below the other."""
    return Content("\n").join(Content.assemble((key, "bold"), (f" {words}", QUIET)) for key, words in rows)


def problems(found: Iterable[Problem], symbols: Symbols) -> Content:
    """What is to be settled, each with the step where."""
    mark = (symbols.of("failed"), STYLES["failed"])
    lines: list[Content] = []
    for problem in found:
        step = f"{step_of(problem.field)}  " if problem.field else ""
        text = f"{problem.field}: {problem.message} {problem.remedy}".strip(" :")
        lines.append(Content.assemble(mark, " ", (step, QUIET), symbols.text(text)))
    return Content("\n").join(lines)


def is_created(plan: Plan, choice: Choice, symbols: Symbols) -> Content:
    return table(created(plan, choice), symbols, 17)


def checked(lines: Sequence[CheckLine], symbols: Symbols, width: int) -> Content:
    """How many passed; the others one by one."""
    passed = sum(line.result == "pass" for line in lines)
    told = [Content.assemble((symbols.of("done"), STYLES["done"]), f" {passed} passed")] if passed else []
    for line in lines:
        if line.result == "pass":
            continue
        state = STATES[line.result]
        words = wrap(f"{line.title}: {line.evidence}", max(20, width - 2))
        told.append(
            Content.assemble((symbols.of(state), STYLES[GLYPHS[state].role]), " ", (symbols.text(words[0]), QUIET))
        )
        told += [Content.styled(symbols.text(f"  {word}"), QUIET) for word in words[1:]]
    return Content("\n").join(told)


def warnings(plan: Plan, symbols: Symbols, width: int) -> list[Content]:
    lines: list[Content] = []
    for warning in plan.warnings:
        first, *rest = wrap(warning, max(20, width - 2))
        lines.append(Content.assemble((symbols.of("slow"), STYLES["slow"]), " ", (symbols.text(first), QUIET)))
        lines += [Content.styled(symbols.text(f"  {word}"), QUIET) for word in rest]
    skipped = f"{many(len(plan.skipped), 'phase')} of llm-d are not part of this plan"
    return [*lines, *(Content.styled(part, FAINT) for part in wrap(skipped, max(20, width)))]


def phase_facts(phase: Phase, symbols: Symbols, width: int) -> Content:
    """Why, does, done when, undo."""
    done = "; ".join(wait.what for wait in phase.done) or "its work is done"
    rows = [("why", phase.why), ("does", does(phase)), ("done when", done), ("undo", phase.undo)]
    return table(rows, symbols, LABEL, width)


def summary(plan: Plan, choice: Choice, lines: Sequence[CheckLine], symbols: Symbols) -> Content:
    """Three rows for a narrow screen: cost, what is created, checks."""
    money = "; ".join(f"{name} {_hourly(price)}" for name, price in cost_parts(choice))
    made = ", ".join(f"{label} {text}" for label, text in created(plan, choice))
    failing = [line for line in lines if line.result == "fail"]
    said = f"{sum(line.result == 'pass' for line in lines)} of {len(lines)} passed" if lines else "not yet"
    said += "".join(f"; {line.title}: {line.evidence}" for line in failing)
    return table([("cost", money or "nothing is bought"), ("creates", made), ("checked", said)], symbols, LABEL)


def table(rows: Iterable[tuple[str, str]], symbols: Symbols, width: int, room: int = 0) -> Content:
    """Label and text; with `room` cells in all, longer texts go on under their own beginning."""
    lines: list[Content] = []
    for label, text in rows:
        parts = wrap(text, room - width) if room > width + 10 else [text]
        heads = [label, *[""] * len(parts)]
        for head, part in zip(heads, parts or [""], strict=False):
            lines.append(Content.assemble((symbols.text(head).ljust(width), QUIET), symbols.text(part)))
    return Content("\n").join(lines)
