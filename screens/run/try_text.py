"""What a try came to: its times and who answered, or what went wrong."""

from textual.content import Content

from llmd_tui.errors import UserError
from llmd_tui.rollout.names import shorten
from llmd_tui.run.outcome import seconds
from llmd_tui.serving.trial import Tried
from llmd_tui.text import one_line
from screens.glyphs import Symbols
from screens.widgets.frame import STYLES

FIGURES = 41
"""Cells that the figures take beside the pods."""


def measured(tried: Tried, width: int, symbols: Symbols) -> Content:
    """`FIRST TOKEN  BETWEEN  TOKENS  TOTAL`, and the pods where their counters tell."""
    answer = tried.answer
    cells = [
        ("FIRST TOKEN", seconds(answer.first_token or 0.0)),
        ("BETWEEN", seconds(answer.between) if answer.between is not None else ""),
        ("TOKENS", str(answer.tokens) if answer.tokens is not None else "?"),
        ("TOTAL", seconds(answer.seconds)),
    ]
    room = max(12, (width - FIGURES) // 2)
    pods = [("PREFILL ON", tried.served.prefill), ("DECODE ON", tried.served.decode)]
    heads = [f"{head:>{max(len(head), len(value))}}" for head, value in cells]
    values = [f"{value:>{max(len(head), len(value))}}" for head, value in cells]
    for head, pod in pods:
        if pod:
            name = shorten(pod, room)
            heads.append(f"{head:<{max(len(head), len(name))}}")
            values.append(f"{name:<{max(len(head), len(name))}}")
    first, *rest = values
    shown = Content.assemble((first, "bold"), "  ", symbols.text("  ".join(rest)))
    return Content("\n").join([Content.styled("  ".join(heads), STYLES["quiet"]), shown])


def trouble_text(error: UserError, symbols: Symbols) -> Content:
    """What is wrong, and under it what helps."""
    told = symbols.text(f"{symbols.of('failed')} {one_line(error.message)}")
    return Content.assemble((told, STYLES["failed"]), "\n", symbols.text(one_line(error.remedy)))
