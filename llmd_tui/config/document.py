"""The text of an answers file as data, with the place of every value in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml
from yaml.composer import ComposerError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from llmd_tui.config.fields import Kind, fields
from llmd_tui.config.problems import AnswersError, Place, Problem, shown

Entry: TypeAlias = tuple[Node, Node]
"""Key and value of a mapping."""

_NULLS = ("", "~", "null", "Null", "NULL")
_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass
class Document:
    """`data` is nested by key; what was left empty is not in it. `problems` are the ones that YAML allows and we don't.

    A value is read as its field wants it: `release: 0.10` is the text 0.10, not a tenth.
    """

    text: str
    name: str
    root: MappingNode | None
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    lines: dict[str, int] = field(default_factory=dict[str, int])
    problems: list[Problem] = field(default_factory=list[Problem])

    def place(self, path: str) -> Place:
        """Of a dotted path, or of the nearest section above it that is there."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return Place(self.name, self.lines.get(path, 0))


def read(text: str, name: str) -> Document:
    """Raises AnswersError when the text is not YAML or its top is not keys. An empty text is an empty document."""
    try:
        root = _compose(text)
    except yaml.MarkedYAMLError as error:
        raise AnswersError([_syntax(error, text, name)]) from None
    except yaml.YAMLError:
        raise AnswersError([_whole(name, "is not a text file.", "An answers file is YAML in UTF-8.")]) from None
    except RecursionError:
        raise AnswersError([_whole(name, "is nested too deeply.", "An answers file has four levels.")]) from None
    document = Document(text, name, None)
    if isinstance(root, MappingNode):
        document.root = root
        document.data = _mapping(document, root, "", set())
    elif root is not None and not _empty(root):
        kind = "a list" if isinstance(root, SequenceNode) else "one value"
        message = f"holds {kind} where keys such as apiVersion, target and pool belong."
        raise AnswersError([_whole(name, message, "`llmd-tui schema` prints what an answers file may hold.")])
    return document


def entries(node: MappingNode) -> list[Entry]:
    found: list[Entry] = node.value
    return found


def items(node: SequenceNode) -> list[Node]:
    found: list[Node] = node.value
    return found


def _compose(text: str) -> Node | None:
    # Not the parser in C: deep nesting overflows its stack.
    parser: Any = yaml
    return parser.compose(text, Loader=yaml.SafeLoader)


def _mapping(document: Document, node: MappingNode, path: str, seen: set[Node]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key, value in entries(node):
        line = key.start_mark.line + 1
        if not isinstance(key, ScalarNode):
            document.problems.append(Problem(Place(document.name, line), path, "a key must be a word.", ""))
            continue
        name = str(key.value)
        below = f"{path}.{name}" if path else name
        if name in lines:
            message = f"is given a second time; the first is in line {lines[name]}."
            document.problems.append(Problem(Place(document.name, line), below, message, "Keep one of them."))
        if "." in name or "[" in name:
            message, remedy = f"{shown(name)} is not a key here.", "Keys are nested: one a line, indented."
            document.problems.append(Problem(Place(document.name, line), path, message, remedy))
            continue
        lines[name] = document.lines[below] = line
        if not _empty(value):
            data[name] = _value(document, value, below, seen)
    return data


def _value(document: Document, node: Node, path: str, seen: set[Node]) -> Any:
    # Not the node's own: an alias is where its anchor is.
    place = document.place(path)
    if node in seen:
        document.problems.append(Problem(place, path, "is an alias (*).", "Write the value out."))
        return None
    seen.add(node)
    if not str(node.tag).startswith("tag:yaml.org,2002:"):
        document.problems.append(Problem(place, path, f"has the tag {shown(node.tag)}.", "Leave the tag out."))
    if isinstance(node, MappingNode):
        return _mapping(document, node, path, seen)
    if isinstance(node, SequenceNode):
        return list(_sequence(document, node, path, seen))
    known = fields().get(path)
    return scalar_value(str(node.value), known.kind if known else "text")


def _sequence(document: Document, node: SequenceNode, path: str, seen: set[Node]) -> Iterator[Any]:
    for position, item in enumerate(items(node)):
        below = f"{path}[{position}]"
        document.lines[below] = item.start_mark.line + 1
        yield _value(document, item, below, seen)


def scalar_value(text: str, kind: Kind) -> Any:
    """A text as a value of that kind. What cannot be read stays text, for the model to complain about."""
    if kind == "flag":
        return _FLAGS.get(text.lower(), text)
    try:
        return int(text) if kind == "integer" else float(text) if kind == "number" else text
    except ValueError:
        return text


def _empty(node: Node) -> bool:
    return isinstance(node, ScalarNode) and node.style is None and node.value in _NULLS


def _whole(name: str, message: str, remedy: str) -> Problem:
    return Problem(Place(name), "", message, remedy)


def _syntax(error: yaml.MarkedYAMLError, text: str, name: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    place = Place(name, line + 1)
    if mark and "\t" in text[mark.index : mark.index + 1]:
        return Problem(place, "", "has a tab where spaces belong.", "Indent with spaces.")
    if isinstance(error, ComposerError) and "single document" in str(error.context):
        return Problem(place, "", "holds a second document.", "One file holds one config: drop what follows ---.")
    said = ": ".join(filter(None, [error.context, error.problem]))
    return Problem(place, "", f"is not YAML: {said} (column {mark.column + 1 if mark else 0}).", "")
