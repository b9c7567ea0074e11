"""The table of the target: regions, AKS clusters or contexts."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from textual.containers import Vertical

from llmd_tui.draft.draft import Target
from llmd_tui.draft.reading import Reading
from llmd_tui.draft.regions import COLUMNS, most_nodes, room, zones
from llmd_tui.draft.session import CONTEXT, REGION, Capacities, Session
from screens.glyphs import Symbols
from screens.widgets.table import Cell, Column, Row, Table

if TYPE_CHECKING:
    from llmd_tui.azure.listed import Location

TITLES: dict[Target, tuple[str, str]] = {
    "new": ("Regions", "nodes that fit your quota"),
    "existing": ("AKS clusters", "of the subscription"),
    "kubeconfig": ("Contexts", "of the kubeconfig"),
}
UNREAD = Cell("·", "faint")
EMPTY: dict[Target, str] = {
    "new": "The subscription has no region.",
    "existing": "The subscription has no AKS cluster; a new one can be made.",
    "kubeconfig": "The kubeconfig has no context.",
}
OVER = {(8, "H200"): "8 GPUs each", (1, "H100"): "1 GPU each"}
LEGEND = "0 no quota left   – not offered   · not read yet   ? failed"


class Places(Vertical):
    """One table for each kind of target, one of them shown."""

    DEFAULT_CSS = "Places { height: 1fr; }"

    def __init__(self, session: Session, symbols: Symbols) -> None:
        self._session = session
        self._symbols = symbols
        self.filter = ""
        self._made: dict[str, tuple[Capacities, Row]] = {}
        self.by_room = False
        """Regions by what fits, else by name."""
        regions = [
            Column(_key(*kind), _title(*kind), "right", keep=at, over=OVER.get(kind, ""))
            for at, kind in enumerate(COLUMNS, start=2)
        ]
        self.tables: dict[Target, Table] = {
            "new": self._table(
                "regions",
                Column("place", "REGION"),
                Column("name", "NAME", stretch=True, keep=10),
                *regions,
                Column("zones", "ZONES", "right", keep=9),
            ),
            "existing": self._table(
                "clusters",
                Column("place", "CLUSTER", stretch=True, names="-"),
                Column("group", "RESOURCE GROUP", keep=2),
                Column("region", "REGION"),
                Column("version", "K8S", keep=1),
                Column("state", "STATE"),
            ),
            "kubeconfig": self._table(
                "contexts", Column("place", "CONTEXT", stretch=True, names="-"), Column("current", "")
            ),
        }
        super().__init__(*self.tables.values(), id="places")

    def _table(self, name: str, *columns: Column) -> Table:
        return Table(columns, symbols=self._symbols, id=name)

    @property
    def current(self) -> Table:
        return self.tables[self._session.draft.target]

    def name_and_note(self) -> tuple[str, str]:
        name, note = TITLES[self._session.draft.target]
        if self.filter and (known := self._known()):
            note = f"{len(self.current.rows)} of {len(known)}"
        return name, note

    def age(self) -> str:
        reading, target = self._reading(), self._session.draft.target
        known = self._session.azure.locations.value or ()
        if target == "new" and reading.state == "ready" and self._session.azure.regions_read < len(known):
            return self._counted(len(known))
        return self.words(reading)

    def _counted(self, regions: int) -> str:
        """`● 47 of 60 read; throttled, next try in 12 s`, `◇ 59 of 60 read, 1 failed`."""
        azure = self._session.azure
        told = f"{azure.regions_read} of {regions} read"
        states = [each.state for each in azure.regions.values()]
        if "loading" in states:
            return f"{self._symbols.of('running')} {told}{f'; {azure.waits}' if azure.waits else ''}"
        failed = states.count("failed")
        return f"{self._symbols.of('stale')} {told}, {failed} failed" if failed else told

    @property
    def legend(self) -> str:
        """What the signs in the cells mean."""
        return LEGEND if self._session.draft.target == "new" else ""

    def _known(self) -> Sequence[str]:
        """What the rows are found by: names as they are, without the filter."""
        azure, kube = self._session.azure, self._session.kube
        match self._session.draft.target:
            case "new":
                return [f"{each.name} {each.display_name}" for each in azure.locations.value or ()]
            case "existing":
                return [each.key for each in azure.clusters.value or ()]
            case "kubeconfig":
                return kube.contexts.value.names if kube.contexts.value else ()

    def _kept(self, *names: str) -> bool:
        return any(self.filter.lower() in name.lower() for name in names)

    def words(self, reading: Reading[Any]) -> str:
        """The age of what was read, with the glyph of its state."""
        glyph = {"loading": self._symbols.of("running"), "failed": self._symbols.of("stale")}.get(reading.state, "")
        return f"{glyph} {reading.words(time.monotonic())}".strip()

    def show(self) -> None:
        """Puts what is known into the table of the target at hand."""
        for target, table in self.tables.items():
            table.display = target == self._session.draft.target
        table, reading = self.current, self._reading()
        table.set_empty(self._nothing(reading))
        rows = {"new": self._regions, "existing": self._clusters, "kubeconfig": self._contexts}
        fresh = not table.rows
        table.set_rows(rows[self._session.draft.target]())
        if fresh or not table.has_focus:
            table.move_to(self.chosen)

    def _nothing(self, reading: Reading[Any]) -> str:
        """Why there is no row."""
        if reading.error:
            return "They cannot be read. r tries again."
        if reading.state != "ready":
            return "Nothing read yet."
        if self.filter:
            return f'Nothing is called "{self.filter}". esc clears it.'
        return EMPTY[self._session.draft.target]

    def choose(self) -> bool:
        """Makes the row under the cursor the answer. Says whether that is news."""
        draft, key = self._session.draft, self.current.cursor_key
        path = CONTEXT if draft.target == "kubeconfig" else REGION
        # A refused one may stand over what was taken before.
        if key is None or (key == self.chosen and draft.text(path) == draft.value(path).text):
            return False
        if draft.target == "existing":
            found = next(each for each in self._session.azure.clusters.value or () if each.key == key)
            draft.say("target.azure.cluster", found.name)
            draft.say("target.azure.resourceGroup", found.resource_group)
            draft.say(REGION, found.region)
        else:
            draft.set(path, key)
        return True

    @property
    def chosen(self) -> str:
        """The answer's row; empty while there is none."""
        draft = self._session.draft
        if draft.target == "existing":
            group, cluster = (draft.answers.get(f"target.azure.{name}") for name in ("resourceGroup", "cluster"))
            return f"{group}/{cluster}" if cluster else ""
        return draft.value(CONTEXT if draft.target == "kubeconfig" else REGION).text

    def _reading(self) -> Reading[Any]:
        azure, kube = self._session.azure, self._session.kube
        readings: dict[Target, Reading[Any]] = {
            "new": azure.locations if azure.login.state == "ready" else azure.login,
            "existing": azure.clusters if azure.login.state == "ready" else azure.login,
            "kubeconfig": kube.contexts,
        }
        return readings[self._session.draft.target]

    def _regions(self) -> list[Row]:
        azure = self._session.azure
        found = [each for each in azure.locations.value or () if self._kept(each.name, each.display_name)]
        if self.by_room:
            found.sort(key=lambda each: (room(self._session.capacity_in(each.name).value), each.name))
        return [self._region(location) for location in found]

    def _region(self, location: "Location") -> Row:
        """Made again only when something came in: there may be hundreds."""
        reading = self._session.capacity_in(location.name)
        known = self._made.get(location.name)
        if known is None or known[0] is not reading:
            cells = {
                "place": Cell(location.name),
                "name": Cell(location.display_name, "quiet"),
                **{_key(*kind): _room(reading, *kind) for kind in COLUMNS},
                "zones": _zones(reading),
            }
            known = self._made[location.name] = (reading, Row(location.name, cells))
        return known[1]

    def _clusters(self) -> list[Row]:
        return [
            Row(
                each.key,
                {
                    "place": Cell(each.name),
                    "group": Cell(each.resource_group, "quiet"),
                    "region": Cell(each.region),
                    "version": Cell(each.kubernetes, "quiet"),
                    "state": Cell(each.state, "text" if each.state == "Succeeded" else "slow"),
                },
            )
            for each in self._session.azure.clusters.value or ()
            if self._kept(each.key)
        ]

    def _contexts(self) -> list[Row]:
        known = self._session.kube.contexts.value
        if known is None:
            return []
        return [
            Row(name, {"place": Cell(name), "current": Cell("current" if name == known.current else "", "quiet")})
            for name in known.names
            if self._kept(name)
        ]


def _zones(reading: Capacities) -> Cell:
    return _unread(reading) if reading.value is None else Cell(str(zones(reading.value)), "quiet")


def _unread(reading: Capacities) -> Cell:
    return Cell("?", "quiet") if reading.state == "failed" else UNREAD


def _room(reading: Capacities, count: int, model: str) -> Cell:
    if reading.value is None:
        return _unread(reading)
    nodes = most_nodes(reading.value, count, model)
    if nodes is None:
        return Cell("–", "faint")
    return Cell(str(nodes), "text" if nodes else "faint")


def _title(count: int, model: str) -> str:
    """Models that come in both groups say how many there are."""
    twice = sum(each == model for _, each in COLUMNS) > 1
    return f"{model}-{count}" if twice and count == 1 else model


def _key(count: int, model: str) -> str:
    return f"{count}×{model}"
