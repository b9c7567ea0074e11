"""Why something cannot be served as it was asked for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """`field` is the answer to change, as the answers file spells it; `remedy` what would work."""

    field: str
    message: str
    remedy: str
