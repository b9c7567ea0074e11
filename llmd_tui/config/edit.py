"""Edits of an answers file as splices of its text: what is not meant stays as it is, to the byte.

YAML emitters keep comments but not alignment, quotes, indentation and line breaks; a splice touches nothing else.
The splices trust the usual shapes; `Answers` reads the result again and refuses what came out otherwise.
"""

import json
import re
from collections.abc import Sequence
from typing import Any, TypeAlias

import yaml
from yaml.nodes import CollectionNode, MappingNode, Node, ScalarNode, SequenceNode

from llmd_tui.config.document import Document, Entry, entries, items
from llmd_tui.config.fields import children

Value: TypeAlias = str | bool | int | float | list[str]

_AMBIGUOUS = ("y", "n")
"""Booleans for some readers of YAML, texts for ours."""
_PLAIN = re.compile(r"[\w./~][\w./@+~-]*(:[\w./@+~-]+)*", re.ASCII)
# What YAML has no place for in a quoted text, or other readers take for a line break.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_RESOLVER: Any = yaml.SafeLoader("")


def put(document: Document, path: str, value: Value) -> str:
    """The text with `value` (text, number, flag or a list of texts) at a dotted path, in the model's order when new."""
    text, names = document.text, path.split(".")
    if document.root is None:
        text = _ended(text, _newline(text))
        return text + _block(names, value, 0, 2, _newline(text))
    node: Node = document.root
    key: Node = node
    for depth, name in enumerate(names):
        if not isinstance(node, MappingNode):
            return _replace(text, key, node, _flow(names[depth:], value))
        found = _find(node, name)
        if found is None:
            return _add(document, node, names[:depth], names[depth:], value)
        key, node = found
    relisted = _relist(text, node, value) if isinstance(value, list) else None
    return _replace(text, key, node, scalar(value)) if relisted is None else relisted


def remove(document: Document, path: str) -> str:
    """The text without the entry at a dotted path, and without sections that would be left empty."""
    section = document.root
    held: tuple[MappingNode, Entry] | None = None
    for name in path.split("."):
        found = _find(section, name) if section else None
        if section is None or found is None:
            return document.text
        if held is None or len(entries(section)) > 1:
            held = section, found
        section = found[1] if isinstance(found[1], MappingNode) else None
    if held is None:
        return document.text
    section, entry = held
    if section.flow_style:
        return _cut_flow(document.text, section, entry)
    return _cut_lines(document.text, *entry)


def scalar(value: Value) -> str:
    """A value as YAML in one line; a text that any reader could take for something else is quoted."""
    if isinstance(value, list):
        return f"[{', '.join(scalar(item) for item in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    if (
        text.lower() not in _AMBIGUOUS
        and _PLAIN.fullmatch(text)
        and _RESOLVER.resolve(ScalarNode, text, (True, False)) == "tag:yaml.org,2002:str"
    ):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _replace(text: str, key: Node, node: Node, new: str) -> str:
    start, end = node.start_mark.index, _end(text, node)
    if isinstance(node, CollectionNode) and not node.flow_style:
        # It may begin on a line of its own.
        start = text.index(":", key.end_mark.index) + 1
        return _splice(text, start, end, f" {new}")
    return _splice(text, start, end, new if end > start else f" {new}")


def _add(document: Document, section: MappingNode, above: Sequence[str], names: Sequence[str], value: Value) -> str:
    """A new entry, after the last one that the model puts before it."""
    text = document.text
    order = children(".".join(above))
    before = [entry for entry in entries(section) if _rank(entry[0].value, order) < _rank(names[0], order)]
    after = max((max(_end(text, node) for node in entry) for entry in before), default=None)
    if section.flow_style:
        new = f"{names[0]}: {_flow(names[1:], value)}"
        if after is not None:
            return _splice(text, after, after, f", {new}")
        at = section.start_mark.index + 1
        return _splice(text, at, at, f"{new}, " if entries(section) else new)
    first = entries(section)[0][0].start_mark
    newline = _newline(text)
    new = _block(names, value, first.column, _step(document), newline)
    at = first.index - first.column if after is None else _below(text, after, first.column)
    if at == len(text):
        return _ended(text, newline) + new
    return _splice(text, at, at, new)


def _rank(name: str, order: Sequence[str]) -> int:
    return order.index(name) if name in order else -1


def _below(text: str, end: int, column: int) -> int:
    """Where the line after an entry begins; comments that are indented deeper than its key belong to it."""
    at = probe = _line_end(text, end)
    while probe < len(text):
        after = _line_end(text, probe)
        line = text[probe:after]
        bare = line.lstrip()
        if bare.startswith("#") and len(line) - len(bare) > column:
            at = after
        elif bare:
            break
        probe = after
    return at


def _step(document: Document) -> int:
    """How far the file indents."""
    for _, value in entries(document.root) if document.root else ():
        if isinstance(value, MappingNode) and not value.flow_style:
            return int(value.start_mark.column)
    return 2


def _block(names: Sequence[str], value: Value, column: int, step: int, newline: str) -> str:
    """Nested keys, a line each."""
    lines = [" " * (column + step * depth) + f"{name}:" for depth, name in enumerate(names)]
    return newline.join(lines) + f" {scalar(value)}{newline}"


def _flow(names: Sequence[str], value: Value) -> str:
    return f"{{{names[0]}: {_flow(names[1:], value)}}}" if names else scalar(value)


def _relist(text: str, node: Node, wanted: list[str]) -> str | None:
    """Keeps the lines of the items that stay, drops the others, adds new ones below. None where that does not do."""
    if not isinstance(node, SequenceNode) or node.flow_style:
        return None
    stay = [item for item in items(node) if item.value in wanted]
    if not stay or [item.value for item in stay] != wanted[: len(stay)]:
        return None
    column, newline = node.start_mark.column, _newline(text)
    at = _line_end(text, _end(text, node))
    new = "".join(f"{' ' * column}- {scalar(item)}{newline}" for item in wanted[len(stay) :])
    if new and at == len(text):
        text = _ended(text, newline)
        at = len(text)
    text = _splice(text, at, at, new)
    for item in reversed(items(node)):
        if item not in stay:
            text = _cut_lines(text, item, item)
    return text


def _cut_lines(text: str, first: Node, last: Node) -> str:
    """Without the lines from the start of a node to the end of one."""
    start = first.start_mark.index - first.start_mark.column
    return _splice(text, start, _line_end(text, max(_end(text, first), _end(text, last))), "")


def _cut_flow(text: str, section: MappingNode, entry: Entry) -> str:
    position = entries(section).index(entry)
    start, end = int(entry[0].start_mark.index), max(_end(text, node) for node in entry)
    if position:
        start = max(_end(text, node) for node in entries(section)[position - 1])
    elif len(entries(section)) > 1:
        end = int(entries(section)[1][0].start_mark.index)
    return _splice(text, start, end, "")


def _find(section: MappingNode, name: str) -> Entry | None:
    return next((entry for entry in entries(section) if entry[0].value == name), None)


def _end(text: str, node: Node) -> int:
    """Where the node's own text ends: the mark of a block is where the next thing starts."""
    if isinstance(node, MappingNode) and not node.flow_style:
        return max(_end(text, last) for last in entries(node)[-1])
    if isinstance(node, SequenceNode) and not node.flow_style:
        return _end(text, items(node)[-1])
    start, end = int(node.start_mark.index), int(node.end_mark.index)
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        return start + len(text[start:end].rstrip())
    return end


def _line_end(text: str, index: int) -> int:
    """Where the next line begins."""
    found = text.find("\n", index)
    return found + 1 if found >= 0 else len(text)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _ended(text: str, newline: str) -> str:
    return text if not text or text.endswith("\n") else text + newline


def _splice(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]
