"""The fields of the answers file as one table: dotted path, kind, what is valid. Read from the model, in its order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from llmd_tui.config.model import Config

Kind: TypeAlias = Literal["text", "integer", "number", "flag", "list", "section"]

_KINDS: dict[Any, Kind] = {str: "text", int: "integer", float: "number", bool: "flag", list: "list"}
_NOUNS: dict[Kind, str] = {
    "text": "a text",
    "integer": "a whole number",
    "number": "a number",
    "flag": "true or false",
    "list": "a list",
    "section": "keys of its own",
}


@dataclass(frozen=True)
class Field:
    """`path` is dotted camelCase, as in `pool.osSku`. `choices` is empty where any value of the kind may be valid."""

    path: str
    kind: Kind
    choices: tuple[str, ...]
    description: str
    required: bool

    @property
    def secret(self) -> bool:
        """Whether it holds a secret reference, so that what it holds by mistake must not be shown."""
        return self.path == "huggingFaceToken"

    @property
    def valid(self) -> str:
        """What would be valid, to complete "Give ..."."""
        if self.choices:
            return one_of(self.choices)
        return f"{_NOUNS[self.kind]}: {self.description}" if self.description else _NOUNS[self.kind]


@cache
def fields() -> Mapping[str, Field]:
    """Every field and section by dotted path, in the model's order, a section before its fields."""
    return {field.path: field for field in _walk(Config, "")}


def children(path: str) -> tuple[str, ...]:
    """The names of the keys of a section, "" being the file itself, in the model's order."""
    prefix = f"{path}." if path else ""
    below = (known.removeprefix(prefix) for known in fields() if known.startswith(prefix))
    return tuple(name for name in below if "." not in name)


def nearest(path: str) -> str:
    """The known path that a wrong one probably means: a sibling spelt alike, else that key elsewhere; "" if none."""
    section, _, name = path.rpartition(".")
    siblings = {key.lower(): key for key in children(section)}
    if near := get_close_matches(name.lower().replace("_", "").replace("-", ""), siblings, n=1, cutoff=0.7):
        return f"{section}.{siblings[near[0]]}" if section else siblings[near[0]]
    elsewhere = [known for known in fields() if known.rpartition(".")[2].lower() == name.lower()]
    return min(elsewhere, key=lambda known: known.count("."), default="")


def one_of(values: tuple[str, ...]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    return " or ".join(filter(None, [", ".join(values[:-1]), values[-1]]))


def _walk(model: type[BaseModel], prefix: str) -> Iterator[Field]:
    for name, info in model.model_fields.items():
        path = prefix + (info.alias or name)
        kind, section, choices = _read(info.annotation)
        yield Field(path, kind, choices, info.description or _described(info.annotation), info.is_required())
        if section:
            yield from _walk(section, f"{path}.")


def _read(annotation: Any) -> tuple[Kind, type[BaseModel] | None, tuple[str, ...]]:
    """Kind, the model of a section, and the choices of a Literal."""
    base = _bare(annotation)
    if get_origin(base) is Literal:
        return "text", None, tuple(str(value) for value in get_args(base))
    if isinstance(base, type) and issubclass(base, BaseModel):
        return "section", base, ()
    return _KINDS[get_origin(base) or base], None, ()


def _bare(annotation: Any) -> Any:
    """Without `| None` and Annotated."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(part for part in get_args(annotation) if part is not NoneType)
    return _bare(get_args(annotation)[0]) if get_origin(annotation) is Annotated else annotation


def _described(annotation: Any) -> str:
    """The description that an annotated type carries itself, such as DnsLabel."""
    for part in get_args(annotation):
        if isinstance(part, FieldInfo) and part.description:
            return part.description
        if found := _described(part):
            return found
    return ""
