"""The tables of docs/keys.md, made from the bindings: `python -m tests.docs.keys` writes them."""

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import replace

from textual.binding import Binding
from textual.dom import DOMNode

import screens
from screens.widgets.footer import key_words
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "keys.md"
PLACES = {
    "app": "Everywhere",
    "frame": "Everywhere",
    "start": "Start",
    "menu": "",
    "login": "Logging in",
    "wizard": "Every step of the wizard",
    "target": "Target",
    "size": "Size",
    "drivers": "Drivers",
    "path": "Path",
    "options": "Options",
    "review": "Review",
    "run": "Run",
    "findings": "Run: findings",
    "log": "Run: log",
    "events": "Run: events",
    "describe": "Describe",
    "reason": "",
    "checklist": "Checklist",
    "done": "Done",
}
"""Where the ids that begin so belong; an empty one is left out."""
SPELT = {"equals_sign": "="}


def declared() -> Iterator[tuple[type, Binding]]:
    """In the order in which the screens declare them."""
    for found in pkgutil.walk_packages(screens.__path__, "screens."):
        importlib.import_module(found.name)
    for kind in sorted(set(_below(DOMNode)), key=lambda kind: f"{kind.__module__}.{kind.__qualname__}"):
        if kind.__module__.startswith("screens."):
            yield from ((kind, each) for each in kind.__dict__.get("BINDINGS", ()) if isinstance(each, Binding))


def bindings() -> Iterator[Binding]:
    """All that have an id."""
    return (binding for _, binding in declared() if binding.id)


def _below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _spelt(binding: Binding, key: str) -> str:
    return SPELT.get(key) or key_words(replace(binding, key=key, key_display=None))


def page() -> str:
    """What stands before the first table is written by hand, and stays."""
    intro = PAGE.read_text(encoding="utf-8").partition("\n## ")[0].rstrip() + "\n"
    rows: dict[str, list[str]] = {place: [] for place in PLACES.values()}
    for binding in bindings():
        assert binding.id
        prefix = binding.id.partition(".")[0]
        place = PLACES.get(prefix, prefix.capitalize())
        keys = " ".join(f"`{_spelt(binding, key)}`" for key in binding.key.split(","))
        row = f"| {keys} | {binding.description} | `{binding.id}` |"
        if row not in rows.setdefault(place, []):
            rows[place].append(row)
    tables = [
        f"## {place}\n\n| Key | Does | Id |\n|---|---|---|\n" + "\n".join(found) + "\n"
        for place, found in rows.items()
        if place and found
    ]
    return "\n".join([intro, *tables])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
