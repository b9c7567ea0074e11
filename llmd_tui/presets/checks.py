"""What is told about each check: what it looks at, what it means when it does not pass, how long it takes."""

from functools import cache

from llmd_tui.presets.loading import Preset, read


class CheckText(Preset):
    """Seconds are estimates: usually, and when to call it slow."""

    title: str
    looks: str
    means: str
    normal_seconds: float = 1
    slow_seconds: float = 10


@cache
def check_texts() -> dict[str, CheckText]:
    """By id, which is what `waive` names."""
    return {name: CheckText.model_validate(row) for name, row in read("checks.yaml").items()}
