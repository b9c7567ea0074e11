"""The VM sizes of a region as Azure describes them: a few of interest out of an answer of 4.5 MB.

The answer comes in gzip and is unpacked, searched and cut outside of the event loop; only what was asked for is parsed.
"""

import json
import zlib
from asyncio import get_running_loop
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from llmd_tui.azure import api_versions

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm

ENTRY_BYTES = 64 * 1024
"""More than any entry is long; they are some 4 KB."""
NESTING = 6
CAPABILITIES = ("vCPUs", "GPUs", "RdmaEnabled", "LowPriorityCapable")
PIECE_BYTES = 256 * 1024
SERIES, LONGEST_NAME = "Standard_", 80


async def read_skus(arm: "Arm", region: str, names: frozenset[str]) -> dict[str, dict[str, Any]]:
    """The region's entries for `names`, both in small letters. Unfiltered by region it would be 122 MB."""
    path = f"/subscriptions/{arm.subscription}/providers/Microsoft.Compute/skus"
    query, doing = {"$filter": f"location eq '{region}'"}, f"tell the sizes of {region}"
    content, encoding = await arm.fetch(path, api_versions.SKUS, query, doing)

    def picked() -> dict[str, dict[str, Any]]:
        return {name: slim(entry) for name, entry in pick(content, encoding, names).items()}

    return await get_running_loop().run_in_executor(_threads(), picked)


def pick(content: bytes, encoding: str, names: frozenset[str]) -> dict[str, dict[str, Any]]:
    """The entries of VM sizes by name, whatever the order of their keys and the white space between."""
    found: dict[str, dict[str, Any]] = {}
    text, looked = b"", 0
    for piece, last in _pieces(content, encoding):
        text += piece
        # What an entry is in may begin so far before its name and end so far behind it.
        until = len(text) if last else max(looked, len(text) - ENTRY_BYTES)
        for at, name in _named(text, names, looked, until):
            if name not in found:
                for entry in _around(text, at):
                    if str(entry.get("name")).lower() == name and entry.get("resourceType") == "virtualMachines":
                        found[name] = entry
                        break
        gone = max(0, until - ENTRY_BYTES)
        text, looked = text[gone:], until - gone
    return found


def _pieces(content: bytes, encoding: str) -> Iterator[tuple[bytes, bool]]:
    """The text bit by bit, and whether it is the last: 4.5 MB at once cost more to provide than to search."""
    if not encoding:
        yield content, True
        return
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    while not unpacking.eof:
        piece = unpacking.decompress(content, PIECE_BYTES)
        content = unpacking.unconsumed_tail
        yield piece, unpacking.eof or not (content or piece)
        if not (content or piece):
            return


def _named(text: bytes, names: frozenset[str], begin: int, until: int) -> Iterator[tuple[int, str]]:
    """Where each of the names stands. Looked for by the letter that they begin with: few sizes of a list do."""
    for letter in {name.removeprefix(SERIES.lower())[:1].upper() for name in names}:
        opening = f'"{SERIES}{letter}'.encode()
        end = until + len(opening) - 1
        at = text.find(opening, begin, end)
        while at >= 0:
            name = text[at + 1 : text.find(b'"', at + 1, at + LONGEST_NAME)].decode(errors="replace").lower()
            if name in names:
                yield at, name
            at = text.find(opening, at + 1, end)


def slim(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What is of use of an entry: a tenth of it, which is kept for a day."""
    places: list[Mapping[str, Any]] = entry.get("locationInfo") or []
    capabilities: list[Mapping[str, Any]] = entry.get("capabilities") or []
    return {
        "name": entry["name"],
        "family": entry.get("family"),
        "locationInfo": [{"zones": place.get("zones") or []} for place in places],
        "restrictions": entry.get("restrictions") or [],
        "capabilities": [each for each in capabilities if each.get("name") in CAPABILITIES],
    }


def _around(text: bytes, position: int) -> Iterator[dict[str, Any]]:
    """The JSON objects that hold the position, from the inside out."""
    start = position
    for _ in range(NESTING):
        start = text.rfind(b"{", 0, start)
        if start < 0:
            return
        try:
            entry, end = json.JSONDecoder().raw_decode(text[start : start + ENTRY_BYTES].decode(errors="replace"))
        except ValueError:
            continue
        if isinstance(entry, dict) and start + end > position:
            yield cast(dict[str, Any], entry)


@cache
def _threads() -> ThreadPoolExecutor:
    """Six milliseconds a list; more than two threads would only stand in the event loop's way."""
    return ThreadPoolExecutor(2, thread_name_prefix="skus")
