"""What is known about the place under the cursor: a region, a cluster, a context."""

from typing import Any

from textual.widgets import Static

from llmd_tui.draft.kubernetes import Nodes
from llmd_tui.draft.reading import Reading
from llmd_tui.draft.regions import notes, zones
from llmd_tui.draft.reuse import conflicts, told
from llmd_tui.draft.session import Session
from llmd_tui.rollout.words import many
from screens.glyphs import Role, Symbols
from screens.widgets.frame import Pane, PaneTitle, rows
from screens.wizard.places import Places

Lines = list[tuple[str, Role]]


class PlaceDetail(Pane):
    """A region's room, a cluster's nodes; why it cannot be told."""

    def __init__(self, session: Session, places: Places, symbols: Symbols) -> None:
        self._session = session
        self._places = places
        self._symbols = symbols
        self._text = Static(markup=False, classes="text")
        super().__init__(PaneTitle("Room", symbols=symbols), self._text, id="detail-pane")

    def show(self) -> None:
        place = self._places.current.cursor_key or ""
        reading, lines = self._known(place)
        self.title.name_ = place or "Room"
        self.title.note = self._note(place)
        self.title.right = self._places.words(reading)
        if reading.state == "failed":
            lines[:] = [(f"✗ {reading.error}", "failed"), (reading.remedy, "quiet")]
        self._text.update(rows(lines, self._symbols))
        self.set_class(not lines, "-empty")
        self.set_class(reading.state == "failed", "-failed")

    def _known(self, place: str) -> tuple[Reading[Any], Lines]:
        azure, kube = self._session.azure, self._session.kube
        if self._session.draft.target == "kubeconfig":
            reading = kube.nodes(place) if place else kube.contexts
            return reading, _nodes(kube.nodes(place).value)
        if azure.login.state == "failed":
            return azure.login, []
        if self._session.draft.target == "existing":
            return azure.clusters, self._cluster(place)
        reading = self._session.capacity_in(place)
        lines: Lines = []
        if self._session.draft.target == "new":
            for good, text in notes(reading.value or {}):
                lines.append((f"✓ {text}", "text") if good else (f"– {text}", "quiet"))
        return reading, lines

    def _cluster(self, place: str) -> Lines:
        """What stands in its way first, with what to do about it."""
        found = next((each for each in self._session.azure.clusters.value or () if each.key == place), None)
        if found is None:
            return []
        lines: Lines = []
        for reason, remedy in conflicts(self._session.draft, found):
            lines.append((f"✗ {reason}", "failed"))
            lines.append((f"  {remedy}", "quiet"))
        lines.extend((f"– {text}", "quiet") for text in told(found))
        return lines

    def _note(self, place: str) -> str:
        """`East US 2, 3 zones`."""
        if self._session.draft.target != "new":
            return ""
        locations = self._session.azure.locations.value or ()
        name = next((each.display_name for each in locations if each.name == place), "")
        capacities = self._session.capacity_in(place).value
        return f"{name}, {many(zones(capacities), 'zone')}" if capacities else name


def _nodes(found: Nodes | None) -> Lines:
    if found is None:
        return []
    lines: Lines = [(f"Kubernetes {found.kubernetes}, {many(found.total, 'node')}", "text")]
    if not found.gpu:
        lines.append(("– no node with a GPU size that is known here", "quiet"))
    return [*lines, *((f"✓ {count} × {name}", "text") for name, count in found.gpu.items())]
