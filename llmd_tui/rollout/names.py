"""Names cut in the middle at dashes, so that first and last word stay."""

import re

ELLIPSIS = "…"

_SAFE = r"[bcdfghjklmnpqrstvwxz2456789]"  # the letters and digits of Kubernetes' generated names
_HASH = re.compile(rf"\d{{5,}}|(?=\D*\d){_SAFE}{{5,}}|{_SAFE}{{8,10}}|(?=\D*\d)(?=\d*[a-f])[0-9a-f]{{6,}}")


def hash_like(word: str) -> bool:
    """Whether a program made it up: digits, a hexadecimal hash, a pod template's hash."""
    return _HASH.fullmatch(word) is not None


def shorten(name: str, width: int, separator: str = "-") -> str:
    """`mofed-ubuntu22.04-7f6c9d58b4-ds-x7k2p` in 30 cells: `mofed-ubuntu22.04-…-ds-x7k2p`.

    Hash-like words go first, from the left, then words from the middle. What is left of a last word that is too long
    by itself is its end, which tells one from the other.
    """
    if len(name) <= width:
        return name
    words = name.split(separator)
    if len(words) == 1:
        return name[: max(0, width - 1)] + ELLIPSIS[:width]
    middle = (len(words) - 1) / 2
    inner = range(1, len(words) - 1)
    order = [i for i in inner if hash_like(words[i])]
    order += sorted((i for i in inner if i not in order), key=lambda i: (abs(i - middle), i))
    for position in order:
        words[position] = ELLIPSIS
        short = re.sub(rf"({ELLIPSIS}{re.escape(separator)})+{ELLIPSIS}", ELLIPSIS, separator.join(words))
        if len(short) <= width:
            return short
    return _cut(words[0], words[-1], width)


def _cut(first: str, last: str, width: int) -> str:
    """The first word loses its end, then the last one its beginning."""
    if width < 2:
        return ELLIPSIS[:width]
    left = max(0, width - len(last) - 1)
    return f"{first[:left]}{ELLIPSIS}{last[-(width - left - 1) :]}"
