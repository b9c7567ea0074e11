"""How many examples a property is tried with."""

from hypothesis import settings


def examples(thorough: int) -> int:
    """So many with `--hypothesis-profile thorough`, as the gate asks for; else a quarter of them."""
    return thorough * settings.default.max_examples // settings.get_profile("thorough").max_examples
