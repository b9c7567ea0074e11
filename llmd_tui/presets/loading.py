"""Reads the YAML files of the presets package."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Preset(BaseModel):
    """Frozen, and an unknown key is an error: a typing mistake in the data must not pass."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def folder(*parts: str) -> Traversable:
    """A file or folder below presets."""
    return files("presets").joinpath(*parts)


@cache
def read(name: str) -> Any:
    """The content of one file, for example `releases/0.10.yaml`. Shared: do not change it."""
    return yaml.load(folder(*name.split("/")).read_text(encoding="utf-8"), Loader=_Loader)


def names(directory: str) -> Iterator[str]:
    """The names, without .yaml, of the files in a folder of presets, sorted."""
    for entry in sorted(folder(directory).iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".yaml"):
            yield entry.name.removesuffix(".yaml")
