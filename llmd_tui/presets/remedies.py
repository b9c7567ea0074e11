"""What to do about errors of Azure."""

from functools import cache
from typing import Literal

from pydantic import TypeAdapter

from llmd_tui.presets.loading import Preset, read

Kind = Literal["", "quota", "capacity", "offer", "zone", "busy", "denied", "policy", "login", "throttled", "gone"]
"""What an error is about. `capacity`: Azure has no machines free; `offer`: it does not sell that size here."""


class Remedy(Preset):
    """For errors with one of `codes` whose message has a match of `phrase`; its groups fill `remedy`."""

    codes: tuple[str, ...]
    phrase: str = ""
    kind: Kind = ""
    remedy: str


@cache
def remedies() -> tuple[Remedy, ...]:
    """In the order in which they are tried."""
    return TypeAdapter(tuple[Remedy, ...]).validate_python(read("remedies.yaml"))
