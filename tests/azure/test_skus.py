"""A few entries out of a long answer, whatever it looks like."""

import json
import zlib
from typing import Any

import pytest

from llmd_tui.azure.capacity import judge
from llmd_tui.azure.skus import pick, slim
from llmd_tui.presets.sizes import size

H100, MI300X = "Standard_ND96isr_H100_v5", "Standard_ND96isr_MI300X_v5"
NAMES = frozenset({H100.lower(), MI300X.lower()})


def entry(name: str, kind: str = "virtualMachines", **more: Any) -> dict[str, Any]:
    capabilities = [{"name": "vCPUs", "value": "96"}, {"name": "Alike", "value": name}]
    return {**more, "resourceType": kind, "name": name, "capabilities": capabilities}


ANSWER = {
    "value": [
        entry("Standard_E2s_v5"),
        entry(H100, kind="hostGroups/hosts"),
        entry(H100, family="standardNDSH100v5Family"),
        entry(MI300X.upper().replace("STANDARD", "Standard"), locationInfo=[{"location": "x", "zones": ["1"]}]),
    ]
}


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("turned", [True, False])
def test_entries_are_found_by_name(indent: int | None, packed: bool, turned: bool) -> None:
    answer = ANSWER
    if turned:
        answer = {"value": [dict(reversed(each.items())) for each in ANSWER["value"]]}
    text = json.dumps(answer, indent=indent).encode()
    found = pick(zlib.compress(text, wbits=31) if packed else text, "gzip" if packed else "", NAMES)
    assert set(found) == NAMES
    assert found[H100.lower()]["family"] == "standardNDSH100v5Family"
    assert found[H100.lower()] == json.loads(json.dumps(ANSWER["value"][2]))


@pytest.mark.parametrize("piece", [1, 7, 64, 1000])
def test_entries_that_lie_across_two_pieces(monkeypatch: pytest.MonkeyPatch, piece: int) -> None:
    text = json.dumps(ANSWER, indent=1).encode()
    whole = pick(text, "", NAMES)
    monkeypatch.setattr("llmd_tui.azure.skus.PIECE_BYTES", piece)
    monkeypatch.setattr("llmd_tui.azure.skus.ENTRY_BYTES", 400)
    assert pick(zlib.compress(text, wbits=31), "gzip", NAMES) == whole


def test_what_is_kept_of_an_entry_is_little_and_enough() -> None:
    whole = {
        **entry(H100, family="f", locationInfo=[{"location": "x", "zones": ["1"], "zoneDetails": [{"Name": ["1"]}]}]),
        "restrictions": [{"type": "Zone", "restrictionInfo": {"zones": ["1"]}}],
    }
    kept = slim(whole)
    assert kept["capabilities"] == [{"name": "vCPUs", "value": "96"}]
    assert kept["locationInfo"] == [{"zones": ["1"]}]
    assert judge(size(H100), "r", kept, {}) == judge(size(H100), "r", whole, {})
    assert slim({"name": H100})["capabilities"] == []


def test_nothing_of_interest() -> None:
    assert pick(b'{"value": []}', "", NAMES) == {}
    assert pick(b'"Standard_ND96isr_H100_v5"', "", NAMES) == {}
    assert pick(b'{"resourceType": "virtualMachines", "name": "Standard_ND96isr_H100_v5"', "", NAMES) == {}
