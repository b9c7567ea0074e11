"""Text from outside, made fit for a terminal: names, messages and log lines can hold anything."""

import re
import unicodedata

UNSEEN = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that one does not see and that does something: it is not there, and not unnoticed."""
WIDEST = 2_000
"""Characters of a line; more is cut."""
MARKS = 2
"""Combining marks on one letter; more would grow out of their row."""

_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # CSI: colours, cursor movement
    # OSC (titles, links, the clipboard), DCS, SOS, PM, APC with what they carry; a link's own text stays
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c\r\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
_WIDTHS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_STACKED = re.compile(rf"[^\x00-\u02ff]{{{MARKS + 1},}}")
"""Where too many marks could be: runs of characters beyond Latin."""


def one_line(text: str, most: int = WIDEST) -> str:
    """A row of printable characters. Escape sequences are gone, tabs and line ends are spaces.

    Control and format characters, among them those that turn the direction of writing, are shown as U+FFFD.
    """
    # Most text is this, and there is a lot of it: printable also means without format characters.
    if text.isprintable() and text.isascii():
        return text if len(text) <= most else _cut(text, most)
    text = _SEQUENCE.sub("", text[: 8 * most])
    if not text.isprintable():
        text = "".join(character if character.isprintable() else _stand_in(character) for character in text)
    return _cut(_calm(text), most)


def block(text: str, most: int = WIDEST) -> str:
    """Several rows, each as `one_line` makes it. Only line feeds, with or without a return, part them."""
    if "\n" not in text:
        return one_line(text, most)
    return "\n".join(one_line(line.rstrip("\r"), most) for line in text.split("\n"))


def seen(text: str) -> str:
    """As many characters, each of which one sees: for texts that are being edited."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else UNSEEN for character in text)


def last_shown(line: str) -> str:
    """What a terminal would show in the end of a line that was written over with carriage returns."""
    return line.rstrip("\r\n").rsplit("\r", 1)[-1].expandtabs(4)


def _stand_in(character: str) -> str:
    return " " if character in "\t\n\r\v\f\x85" or unicodedata.category(character)[0] == "Z" else UNSEEN


def _calm(text: str) -> str:
    """Without selectors that change a character's width behind our back, and without towers of marks."""
    text = _WIDTHS.sub("", text)
    if text and unicodedata.combining(text[0]):
        text = " " + text
    return _STACKED.sub(lambda found: _fewer(found[0]), text)


def _fewer(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= MARKS:
            kept.append(character)
    return "".join(kept)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
