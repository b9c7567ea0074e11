"""What is reversed where there are no colours is reversed whole: with its padding, and in one tone."""

from rich.segment import Segment
from rich.style import Style
from textual.filter import Monochrome
from textual.strip import Strip
from textual.widget import Widget


def whole(widget: Widget, lines: list[Strip]) -> list[Strip]:
    """For `render_lines`: of `text-style: reverse` Textual leaves the padding out, and faint words become blocks."""
    own = widget.rich_style
    if not own.reverse:
        return lines
    if widget.app.no_color:
        # As the lines are by now.
        own = Monochrome().apply([Segment("", own)], widget.background_colors[1])[0].style or own
    tone = Style(color=own.color, bgcolor=own.bgcolor, reverse=True)
    return [Strip([_toned(segment, tone) for segment in line], line.cell_length) for line in lines]


def _toned(segment: Segment, tone: Style) -> Segment:
    """What has a background of its own, as the cursor has, stands out as it did."""
    style = segment.style
    if style is None or style.bgcolor != tone.bgcolor:
        return segment
    return Segment(segment.text, tone + Style(bold=style.bold, meta=style.meta), segment.control)
