"""What a config becomes where it says nothing."""

from functools import cache
from typing import Any

from llmd_tui.presets.loading import Preset, read


class Default(Preset):
    """`why` says it in a few words."""

    value: Any
    why: str


@cache
def default_values() -> dict[str, Default]:
    """By dotted path. Values that depend on other choices are in llmd_tui.plan.defaults."""
    return {path: Default.model_validate(row) for path, row in read("defaults.yaml").items()}
