"""The keys: every id with what it does, and the user's own keys for them."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys

import screens
from llmd_tui.errors import UserError
from screens.spelling import NAMED, spelt

_MODIFIERS = ("ctrl", "alt", "shift", "super", "meta", "hyper")
_NAMES = {key.value for key in Keys} - {"<any>", "<scroll-up>", "<scroll-down>", "<ignore>"}


@dataclass(frozen=True)
class KeyId:
    """One thing that a key does. `keys` are those it comes with, `where` the class that has it."""

    id: str
    keys: tuple[str, ...]
    words: str
    where: type[DOMNode]


def catalog() -> dict[str, KeyId]:
    """By id, in the order of the screens. Imports every screen."""
    found: dict[str, KeyId] = {}
    for where in _classes():
        for binding in _bindings(where):
            if binding.id:
                before = found.get(binding.id)
                keys = tuple(key.strip() for key in binding.key.split(","))
                found[binding.id] = KeyId(binding.id, keys, binding.description, before.where if before else where)
    return found


def listing() -> str:
    """All of them as lines for keys.yaml."""
    lines = [f'{key.id}: "{",".join(map(spelt, key.keys))}"  # {key.words}' for key in catalog().values()]
    return "\n".join(["# A line of this in keys.yaml, with another key, and it holds from the next start on.", *lines])


def checked(keys: Mapping[str, str], file: str) -> dict[str, str]:
    """Keys by id as Textual wants them. Raises UserError for an id or a key that is none, and for two on one key."""
    known = catalog()
    made: dict[str, str] = {}
    for name, text in keys.items():
        if name not in known:
            near = get_close_matches(name, known, n=1)
            remedy = f"Did you mean {near[0]}?" if near else "`llmd-tui keys` lists them."
            raise UserError(f"{file}: {name} is no key's id.", remedy)
        made[name] = ",".join(_key(part.strip(), name, file) for part in text.split(","))
    _no_clash(known, made, file)
    return made


def _key(text: str, name: str, file: str) -> str:
    *modifiers, last = text.split("+") if text not in ("+", "") else [text]
    if len(last) > 1:
        last = NAMED.get(last.lower(), last.lower())
    if not set(modifiers) <= set(_MODIFIERS) or not (_is_letter(last) or last in _NAMES | set(NAMED.values())):
        what = f"{file}: {name} cannot be {text!r}: that is no key."
        raise UserError(what, "Keys look like p, P, ctrl+p, f5, space.")
    return "+".join([*modifiers, NAMED.get(last, last)])


def _is_letter(text: str) -> bool:
    return len(text) == 1 and text.isprintable()


def _no_clash(known: Mapping[str, KeyId], made: Mapping[str, str], file: str) -> None:
    """Two that are there at the same time and had different keys must not get the same one."""
    now = {name: set(key.keys) for name, key in known.items()}
    now |= {name: set(keys.split(",")) for name, keys in made.items()}
    for name in made:
        for other, key in known.items():
            both = now[name] & now[other]
            if other == name or not both or not _meet(known[name], key) or set(known[name].keys) & set(key.keys):
                continue
            what = f"{file}: {name} and {other} both want {spelt(both.pop())}."
            raise UserError(what, "Give one of them another key.")


def _meet(one: KeyId, other: KeyId) -> bool:
    """Whether both are there at the same time: on one screen, or one of them everywhere."""
    everywhere = issubclass(one.where, App) or issubclass(other.where, App)
    return everywhere or issubclass(one.where, other.where) or issubclass(other.where, one.where)


def _bindings(where: type[DOMNode]) -> Iterator[Binding]:
    return (binding for binding in vars(where).get("BINDINGS", ()) if isinstance(binding, Binding))


def _classes() -> Iterator[type[DOMNode]]:
    """Those that are ours, each once, by module."""
    for module in sorted(info.name for info in pkgutil.walk_packages(screens.__path__, "screens.")):
        for _, made in inspect.getmembers(importlib.import_module(module), inspect.isclass):
            if made.__module__ == module and issubclass(made, DOMNode):
                yield made
