"""How many examples a property is tried with."""

from hypothesis import settings

THOROUGH = 100
"""Of a property that says nothing else."""


def examples(thorough: int) -> int:
    """So many with `--hypothesis-profile thorough`, as the gate asks for; else a quarter of them."""
    return thorough * settings().max_examples // THOROUGH
