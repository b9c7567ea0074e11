"""Who set which field: metadata.managedFields."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.compare import compare
from llmd_tui.simulator.kubernetes.fields import Fields, difference, intersection, union
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.schema import Schema

Entry: TypeAlias = dict[str, Any]
"""One item of managedFields."""

UNTRACKED: Fields = {
    "f:apiVersion": {},
    "f:kind": {},
    "f:metadata": {
        ".": {},
        **{
            f"f:{name}": {}
            for name in (
                "name",
                "namespace",
                "creationTimestamp",
                "selfLink",
                "uid",
                "clusterName",
                "generation",
                "managedFields",
                "resourceVersion",
            )
        },
    },
}
"""What belongs to the server, never to a manager."""

_MOST_UPDATERS = 10


@dataclass(frozen=True)
class Writer:
    """On whose behalf a request writes. `now` is the time for the entry, in RFC 3339."""

    manager: str
    operation: str
    subresource: str
    now: str

    def entry(self, kind: Kind, fields: Fields) -> Entry:
        entry: Entry = {
            "manager": self.manager,
            "operation": self.operation,
            "apiVersion": kind.api_version,
            "time": self.now,
            "fieldsType": "FieldsV1",
            "fieldsV1": fields,
        }
        return entry | ({"subresource": self.subresource} if self.subresource else {})

    def wrote(self, entry: Entry, kind: Kind) -> bool:
        """Whether the entry is this writer's own from an earlier request."""
        return (
            entry.get("manager") == self.manager
            and entry.get("operation") == self.operation
            and entry.get("subresource", "") == self.subresource
            and (self.operation == "Apply" or entry.get("apiVersion") == kind.api_version)
        )


def update(old: Object | None, new: Object, kind: Kind, writer: Writer, schema: Schema) -> list[Entry]:
    """The entries after an update from `old` to `new`: the writer gains what changed, all lose what is gone."""
    entries = _entries(old, new, by_subresource=bool(writer.subresource))
    changed, removed = compare(old or zero(schema), new, schema)
    changed = difference(changed, UNTRACKED)
    if not changed and not removed:
        return entries
    kept: list[Entry] = []
    gained = changed
    for entry in entries:
        if writer.wrote(entry, kind):
            had = difference(entry["fieldsV1"], removed)
            gained = union(had, changed)
            if not changed and had is entry["fieldsV1"]:
                kept.append(entry)
                gained = {}
            continue
        kept += lessened(entry, union(changed, removed))
    if gained:
        kept.append(writer.entry(kind, gained))
    return ordered(_capped(kept))


def _entries(old: Object | None, new: Object, *, by_subresource: bool) -> list[Entry]:
    """The entries to start from: the client's own when it sent any, for that is how managers are handed over."""
    live: list[Entry] = old["metadata"].get("managedFields", []) if old else []
    sent: list[Entry] | None = new["metadata"].get("managedFields")
    if by_subresource or sent is live or sent is None:
        return live
    if sent in ([], [{}]):
        return []
    return sent if all("fieldsV1" in entry and "manager" in entry for entry in sent) else live


def lessened(entry: Entry, fields: Fields) -> Iterable[Entry]:
    """The entry without these fields, or none when nothing is left of it."""
    left = difference(entry["fieldsV1"], fields)
    if left is entry["fieldsV1"]:
        return (entry,)
    return ({**entry, "fieldsV1": left},) if left else ()


def conflicts(entries: Iterable[Entry], changed: Fields) -> list[tuple[Entry, Fields]]:
    """The entries of others that own some of what changed."""
    found = ((entry, intersection(entry["fieldsV1"], changed)) for entry in entries)
    return [(entry, fields) for entry, fields in found if fields]


def zero(schema: Schema) -> Object:
    """What Go writes for an object that nobody filled in: the fields there that are not new to a manager."""
    return {
        name: zero(schema.properties[name]) if value == {} and schema.properties[name].type == "object" else value
        for name, value in schema.zeros.items()
    }


def ordered(entries: list[Entry]) -> list[Entry]:
    return sorted(
        entries,
        key=lambda entry: (
            entry["operation"],
            entry.get("time", ""),
            entry["manager"],
            entry.get("apiVersion", ""),
            entry.get("subresource", ""),
        ),
    )


def _capped(entries: list[Entry]) -> list[Entry]:
    """Objects that many clients update keep the latest ones; the older share one entry."""
    updates = [entry for entry in entries if entry["operation"] == "Update"]
    surplus = ordered(updates)[: max(0, len(updates) - _MOST_UPDATERS + 1)]
    if len(updates) <= _MOST_UPDATERS:
        return entries
    fields: Fields = {}
    for entry in surplus:
        fields = union(fields, entry["fieldsV1"])
    merged = {**surplus[-1], "manager": "ancient-changes", "fieldsV1": fields}
    merged.pop("subresource", None)
    return [entry for entry in entries if not any(entry is old for old in surplus)] + [merged]
