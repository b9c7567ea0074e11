"""Sets of fields, and what applying does with them, for any configuration."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.simulator.kubernetes.apply import apply
from llmd_tui.simulator.kubernetes.compare import compare
from llmd_tui.simulator.kubernetes.fields import Fields, difference, fields_of, intersection, paths, union
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.managers import Writer, update
from llmd_tui.simulator.kubernetes.patch import merge_patch
from llmd_tui.simulator.kubernetes.schema import ANY, structural

KEYS = st.sampled_from(["a", "b", "c"])
SCALARS = st.sampled_from(["x", "y", 1, 2, True])
VALUES = st.recursive(SCALARS, lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=8)
PARTS = st.lists(
    st.fixed_dictionaries({"name": KEYS}, optional={"count": st.integers(0, 2)}),
    max_size=3,
    unique_by=lambda p: p["name"],
)
SPECS = st.fixed_dictionaries({}, optional={"free": st.dictionaries(KEYS, VALUES, max_size=3), "parts": PARTS})

SCHEMA = structural(
    {
        "type": "object",
        "properties": {
            "spec": {
                "type": "object",
                "properties": {
                    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                    "parts": {
                        "type": "array",
                        "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": ["name"],
                        "items": {
                            "type": "object",
                            "properties": {"name": {"type": "string"}, "count": {"type": "integer"}},
                        },
                    },
                },
            },
            "metadata": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
        },
    }
)
KIND = Kind("example.com", "v1", "things", "Thing", True, "things.example.com", "thing", "ThingList", schema=SCHEMA)


def thing(spec: Any) -> Any:
    return {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "x"}, "spec": spec}


def writer(name: str, operation: str = "Apply") -> Writer:
    return Writer(name, operation, "", "2026-01-01T00:00:00Z")


def members(fields: Fields) -> set[str]:
    return set(paths(fields))


@st.composite
def sets(draw: st.DrawFn) -> Fields:
    return fields_of(draw(st.dictionaries(KEYS, VALUES, max_size=3)), ANY)


@given(sets(), sets())
def test_sets_of_fields_are_sets(a: Fields, b: Fields) -> None:
    assert members(union(a, b)) == members(a) | members(b)
    assert members(difference(a, b)) == members(a) - members(b)
    assert members(intersection(a, b)) == members(a) & members(b)


@given(VALUES)
def test_nothing_differs_from_itself(value: Any) -> None:
    assert compare({"v": value}, {"v": value}, ANY) == ({}, {})


@given(st.dictionaries(KEYS, VALUES, max_size=3), st.dictionaries(KEYS, VALUES, max_size=3))
def test_patches_leave_what_they_patch(old: Any, patch: Any) -> None:
    before = repr(old)
    patched = merge_patch(old, patch)
    assert repr(old) == before
    assert merge_patch(patched, patch) == patched


@given(SPECS)
def test_applying_twice_is_applying_once(spec: Any) -> None:
    once = apply(None, thing(spec), KIND, writer("m"), force=False)
    assert apply(once, thing(spec), KIND, writer("m"), force=False) == once


@given(SPECS, SPECS)
def test_what_one_manager_applied_last_is_what_is_there(first: Any, second: Any) -> None:
    made = apply(None, thing(first), KIND, writer("m"), force=False)
    changed = apply(made, thing(second), KIND, writer("m"), force=False)
    assert _pruned(changed.get("spec")) == _pruned(second)


def _pruned(value: Any) -> Any:
    """Without empty maps and lists, which are the same as none here."""
    if isinstance(value, dict):
        found = {key: _pruned(item) for key, item in value.items()}
        return {key: item for key, item in found.items() if item not in ({}, [], None)}
    if isinstance(value, list):
        return sorted((_pruned(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return {} if value is None else value


@given(SPECS, SPECS)
def test_two_managers_never_lose_each_others_fields(mine: Any, yours: Any) -> None:
    made = apply(None, thing(mine), KIND, writer("me"), force=False)
    both = apply(made, thing(yours), KIND, writer("you"), force=True)
    entries = {entry["manager"]: entry["fieldsV1"] for entry in both["metadata"]["managedFields"]}
    owned = union(entries.get("me", {}), entries.get("you", {}))
    assert members(fields_of(thing(yours), SCHEMA)) - {".apiVersion", ".kind", ".metadata.name"} <= members(owned)
    again = apply(both, thing(yours), KIND, writer("you"), force=False)
    assert again == both


@given(SPECS, SPECS)
def test_updates_own_what_they_change(old: Any, new: Any) -> None:
    created = thing(old)
    entries = update(None, created, KIND, writer("a", "Update"), SCHEMA)
    before = {**created, "metadata": {"name": "x", "managedFields": entries}}
    after = {**thing(new), "metadata": before["metadata"]}
    changed, removed = compare(before, after, SCHEMA)
    final = {e["manager"]: e["fieldsV1"] for e in update(before, after, KIND, writer("b", "Update"), SCHEMA)}
    assert members(final.get("b", {})) == members(changed)
    assert not members(final.get("a", {})) & (members(changed) | members(removed))
