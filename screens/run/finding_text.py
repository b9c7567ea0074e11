"""A finding as lines of a given width: what, effect, evidence, cause, remedy, keys."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from textual.content import Content
from textual.style import Style

from llmd_tui.diagnose.finding import Evidence, Finding
from llmd_tui.diagnose.words import SURENESS, clean
from llmd_tui.rollout.words import clock, duration
from screens.glyphs import GLYPHS, State, Symbols
from screens.widgets.frame import STYLES, cut

INDENT = 2
LABEL = 11
STATES: dict[str, State] = {"failed": "failed", "slow": "slow", "note": "waiting"}
KEYS = (("l", "log"), ("c", "copy"), ("e", "export evidence"), ("w", "waive"))


class FindingText:
    """Draws findings. `began` is the start of the run, from which its clock counts; `colour`: there is any."""

    def __init__(self, symbols: Symbols, now: datetime, began: datetime | None = None, *, colour: bool = True) -> None:
        self._symbols = symbols
        self._key_style = "bold $text on $primary" if colour else "bold reverse"
        self._now = now
        self._began = began

    def title(self, finding: Finding, width: int, *, bold: bool = True, short: bool = False) -> Content:
        """Its one line in a list: glyph, what is wrong on which thing, age."""
        state = STATES[finding.state]
        style = STYLES[GLYPHS[state].role]
        name = Content.styled(self._safe(finding.title), f"bold {style}" if bold else "")
        left = Content.assemble((self._symbols.of(state), style), " ", name)
        right = Content.styled(self._age(finding, long=not short), STYLES["quiet"])
        left = cut(left, width - right.cell_length - 2, self._symbols)
        return Content.assemble(left, " " * max(1, width - left.cell_length - right.cell_length), right)

    def lines(self, finding: Finding, width: int, *, short: bool) -> list[Content]:
        """All of it, the title first. `short` leaves out what a small terminal has no room for."""
        lines = [self.title(finding, width, short=short)]
        if finding.effect and not short:
            lines += self._wrapped(finding.effect, "quiet", INDENT, width)
        for block in (self._evidence(finding, width, short), self._cause(finding, width, short)):
            lines += ([] if short else [Content("")]) + block
        lines += ([] if short else [Content("")]) + self._remedy(finding, width)
        return [*lines, Content(""), self._keys(finding, width, short)]

    def _evidence(self, finding: Finding, width: int, short: bool) -> list[Content]:
        seen = [one for one in finding.evidence if not (short and one.healthy)][: 3 if short else 6]
        lines = [line for one in seen for line in self._seen(one, width, short)]
        return _labelled("Evidence", lines or [Content("")])

    def _seen(self, one: Evidence, width: int, short: bool) -> list[Content]:
        style = STYLES["slow"] if one.decisive else STYLES["quiet"] if one.healthy else ""
        content = Content.styled(self._safe(one.text), style)
        room = width - INDENT - LABEL
        return content.wrap(room)[: 2 if short else 3] if one.decisive else [cut(content, room, self._symbols)]

    def _cause(self, finding: Finding, width: int, short: bool) -> list[Content]:
        room = width - INDENT - LABEL
        lines = Content(self._safe(finding.cause)).wrap(room)
        sure = f"{SURENESS[finding.confidence]}: {finding.why}" if finding.why else SURENESS[finding.confidence]
        if not short:
            lines += Content.styled(self._safe(sure), STYLES["quiet"]).wrap(room)
        return _labelled("Cause", lines)

    def _remedy(self, finding: Finding, width: int) -> list[Content]:
        room = width - INDENT - LABEL
        lines = Content(self._safe(finding.remedy.text)).wrap(room)
        if finding.remedy.command:
            lines += Content.styled(self._safe(finding.remedy.command, 2_000), STYLES["quiet"]).wrap(room)
        return _labelled("Remedy", lines)

    def _keys(self, finding: Finding, width: int, short: bool) -> Content:
        """The key that does it stands out; each can be clicked."""
        word = doing(finding)
        parts = [Content(" " * INDENT)]
        if word:
            # No link: links have one colour, and this key its own.
            parts += [Content.assemble((" x ", self._key_style), " ", word), Content("    ")]
        for key, name in KEYS[: 3 if short else None]:
            hint = Content.assemble((key, "bold"), (f" {name}", STYLES["quiet"])).stylize(_click(key))
            room = width - sum(part.cell_length for part in parts)
            if hint.cell_length <= room:
                parts += [hint, Content("   ")]
        return Content.assemble(*parts)

    def _age(self, finding: Finding, *, long: bool) -> str:
        if finding.since is None:
            return ""
        ago = f"{duration((self._now - finding.since).total_seconds())} ago"
        if not long or self._began is None or finding.since < self._began:
            return ago
        return f"since {clock((finding.since - self._began).total_seconds())}, {ago}"

    def _wrapped(self, text: str, role: str, indent: int, width: int) -> Iterator[Content]:
        content = Content.styled(self._safe(text), STYLES["quiet"] if role == "quiet" else "")
        return (Content.assemble(" " * indent, line) for line in content.wrap(width - indent))

    def _safe(self, text: str, longest: int = 600) -> str:
        return self._symbols.text(clean(text, longest))


def doing(finding: Finding) -> str:
    """What `x` does, in words; empty when it does nothing."""
    remedy = finding.remedy
    return "do the remedy" if remedy.acts else "copy the command" if remedy.command else ""


def _labelled(label: str, lines: Sequence[Content]) -> list[Content]:
    margin = Content.assemble(" " * INDENT, (f"{label:<{LABEL}}", STYLES["quiet"]))
    rest = " " * (INDENT + LABEL)
    return [Content.assemble(margin if at == 0 else rest, line) for at, line in enumerate(lines)]


def _click(key: str) -> Style:
    return Style.from_meta({"@click": f"app.simulate_key('{key}')"})
