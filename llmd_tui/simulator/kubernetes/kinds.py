"""The kinds that the server serves: the built-in ones, and at run time those of CustomResourceDefinitions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from llmd_tui.simulator.kubernetes.encoding import head
from llmd_tui.simulator.kubernetes.schema import ANY, Schema
from llmd_tui.simulator.kubernetes.types import builtin_type

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True)
class Scale:
    """Where the scale subresource reads and writes: paths such as `spec.replicas`."""

    spec: str
    status: str
    selector: str | None = None


@dataclass(frozen=True)
class Subresource:
    """A subresource beside status and scale, for discovery."""

    name: str
    group: str
    version: str
    kind: str
    verbs: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Kind:
    """One version of one kind. `table` is where its objects are stored; versions of a kind share it."""

    group: str
    version: str
    plural: str
    kind: str
    namespaced: bool
    table: str
    singular: str
    list_kind: str
    short: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    verbs: tuple[str, ...] = VERBS
    status: bool = False
    scale: Scale | None = None
    generation: bool = False
    upsert: bool = False
    fields: tuple[str, ...] = ()
    more: tuple[Subresource, ...] = ()
    schema: Schema = ANY
    custom: bool = False
    columns: tuple[Mapping[str, Any], ...] = ()
    preferred: bool = True
    head: bytes = field(init=False)
    list_head: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "head", head(self.api_version, self.kind))
        object.__setattr__(self, "list_head", head(self.api_version, self.list_kind))

    @property
    def api_version(self) -> str:
        return f"{self.group}/{self.version}" if self.group else self.version

    @property
    def resource(self) -> str:
        """As messages name it: `pods`, `deployments.apps`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def group_kind(self) -> str:
        return f"{self.kind}.{self.group}" if self.group else self.kind


class Kinds:
    """All that is served now, in the order of discovery."""

    def __init__(self) -> None:
        self._kinds: dict[tuple[str, str, str], Kind] = {}
        self._tables: dict[str, Kind] = {}
        self.changes = 0
        self._serve(builtin_kinds())

    def __iter__(self) -> Iterator[Kind]:
        return iter(self._kinds.values())

    def find(self, group: str, version: str, plural: str) -> Kind | None:
        return self._kinds.get((group, version, plural))

    def serves(self, group: str, version: str) -> bool:
        return any((k.group, k.version) == (group, version) for k in self)

    def of_kind(self, group: str, kind: str) -> Kind | None:
        """The preferred version of a kind, as owner references name it."""
        return next((k for k in self if k.group == group and k.kind == kind and k.preferred), None)

    def of_table(self, table: str) -> Kind | None:
        """The preferred version of what a table holds; None when its definition is gone."""
        return self._tables.get(table)

    def tables(self) -> list[Kind]:
        """One kind for every table that holds objects."""
        return list(self._tables.values())

    def replace(self, table: str, kinds: tuple[Kind, ...]) -> None:
        """Serves these versions of a custom resource from now on, and no others."""
        self._kinds = {at: kind for at, kind in self._kinds.items() if kind.table != table}
        self._tables.pop(table, None)
        self._serve(kinds)
        self.changes += 1

    def _serve(self, kinds: tuple[Kind, ...]) -> None:
        self._kinds |= {(k.group, k.version, k.plural): k for k in kinds}
        self._tables |= {k.table: k for k in kinds if k.preferred and k.table == k.resource and "list" in k.verbs}


@cache
def builtin_kinds() -> tuple[Kind, ...]:
    text = (files("llmd_tui.simulator.kubernetes") / "data" / "kinds.yaml").read_text()
    return tuple(
        _builtin(group["group"], group["version"], plural, row)
        for group in yaml.load(text, yaml.CSafeLoader)
        for plural, row in group["resources"].items()
    )


def _builtin(group: str, version: str, plural: str, row: dict[str, Any]) -> Kind:
    kind = row["kind"]
    return Kind(
        group,
        version,
        plural,
        kind,
        namespaced=not row.get("cluster"),
        table=row.get("storage", f"{plural}.{group}" if group else plural),
        singular=kind.lower(),
        list_kind=f"{kind}List",
        short=tuple(row.get("short", ())),
        categories=tuple(row.get("categories", ())),
        verbs=tuple(row.get("verbs", VERBS)),
        status=bool(row.get("status")),
        scale=Scale("spec.replicas", "status.replicas") if row.get("scale") else None,
        generation=bool(row.get("generation")),
        upsert=bool(row.get("upsert")),
        fields=tuple(row.get("fields", ())),
        more=tuple(
            Subresource(name, of.get("group", ""), of.get("version", ""), of.get("kind", kind), tuple(of["verbs"]))
            for name, of in row.get("more", {}).items()
        ),
        schema=builtin_type(f"{group.split('.', maxsplit=1)[0]}.{kind}", kind),
    )
