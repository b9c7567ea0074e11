"""The table of the target: regions, AKS clusters or contexts."""

import time
from typing import Any

from textual.containers import Vertical

from llmd_tui.draft.draft import Target
from llmd_tui.draft.reading import Reading
from llmd_tui.draft.regions import COLUMNS, most_nodes
from llmd_tui.draft.session import CONTEXT, REGION, Session
from screens.glyphs import Symbols
from screens.widgets.table import Cell, Column, Row, Table

TITLES: dict[Target, tuple[str, str]] = {
    "new": ("Regions", "nodes that fit your quota"),
    "existing": ("AKS clusters", "of the subscription"),
    "kubeconfig": ("Contexts", "of the kubeconfig"),
}
UNREAD = Cell("·", "faint")


class Places(Vertical):
    """One table for each kind of target, one of them shown."""

    DEFAULT_CSS = "Places { height: 1fr; }"

    def __init__(self, session: Session, symbols: Symbols) -> None:
        self._session = session
        self._symbols = symbols
        regions = [Column(_key(*kind), _key(*kind), "right", keep=at) for at, kind in enumerate(COLUMNS, start=2)]
        self.tables: dict[Target, Table] = {
            "new": self._table(
                "regions", Column("place", "REGION"), Column("name", "NAME", stretch=True, keep=9), *regions
            ),
            "existing": self._table(
                "clusters",
                Column("place", "CLUSTER", stretch=True),
                Column("group", "RESOURCE GROUP", keep=2),
                Column("region", "REGION"),
                Column("version", "K8S", keep=1),
                Column("state", "STATE"),
            ),
            "kubeconfig": self._table("contexts", Column("place", "CONTEXT", stretch=True), Column("current", "")),
        }
        super().__init__(*self.tables.values(), id="places")

    def _table(self, name: str, *columns: Column) -> Table:
        return Table(columns, symbols=self._symbols, id=name)

    @property
    def current(self) -> Table:
        return self.tables[self._session.draft.target]

    def name_and_note(self) -> tuple[str, str]:
        return TITLES[self._session.draft.target]

    def age(self) -> str:
        return self.words(self._reading())

    def words(self, reading: Reading[Any]) -> str:
        """The age of what was read, with the glyph of its state."""
        glyph = {"loading": self._symbols.of("running"), "failed": self._symbols.of("stale")}.get(reading.state, "")
        return f"{glyph} {reading.words(time.monotonic())}".strip()

    def show(self) -> None:
        """Puts what is known into the table of the target at hand."""
        for target, table in self.tables.items():
            table.display = target == self._session.draft.target
        table, reading = self.current, self._reading()
        table.set_empty("" if reading.error else ("Nothing here." if reading.state == "ready" else "Reading."))
        rows = {"new": self._regions, "existing": self._clusters, "kubeconfig": self._contexts}
        fresh = not table.rows
        table.set_rows(rows[self._session.draft.target]())
        if fresh or not table.has_focus:
            table.move_to(self.chosen)

    def choose(self) -> bool:
        """Makes the row under the cursor the answer. Says whether that is news."""
        draft, key = self._session.draft, self.current.cursor_key
        if key is None or key == self.chosen:
            return False
        if draft.target == "existing":
            found = next(each for each in self._session.azure.clusters.value or () if each.key == key)
            draft.say("target.azure.cluster", found.name)
            draft.say("target.azure.resourceGroup", found.resource_group)
            draft.say(REGION, found.region)
        else:
            draft.set(CONTEXT if draft.target == "kubeconfig" else REGION, key)
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
        return [
            Row(
                location.name,
                {
                    "place": Cell(location.name),
                    "name": Cell(location.display_name, "quiet"),
                    **{_key(*kind): self._room(location.name, *kind) for kind in COLUMNS},
                },
            )
            for location in self._session.azure.locations.value or ()
        ]

    def _room(self, region: str, count: int, model: str) -> Cell:
        capacities = self._session.azure.capacity(region).value
        if capacities is None:
            return UNREAD
        nodes = most_nodes(capacities, count, model)
        if nodes is None:
            return Cell("–", "faint")
        return Cell(str(nodes), "text" if nodes else "faint")

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
        ]

    def _contexts(self) -> list[Row]:
        known = self._session.kube.contexts.value
        if known is None:
            return []
        return [
            Row(name, {"place": Cell(name), "current": Cell("current" if name == known.current else "", "quiet")})
            for name in known.names
        ]


def _key(count: int, model: str) -> str:
    return f"{count}×{model}"
