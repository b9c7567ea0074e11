"""One size in every region: rows come as the regions answer."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget

from llmd_tui.azure.quota import quota_page
from llmd_tui.draft.describe import place_text
from llmd_tui.draft.everywhere import ORDERS, Order, Place, Wanted, places, progress, take
from llmd_tui.draft.session import Session
from llmd_tui.draft.steps import STEPS, Step
from llmd_tui.plan.fit import short
from screens.glyphs import State, Symbols
from screens.widgets.chips import Chip, Chips
from screens.widgets.frame import Pane, PaneTitle, Verdict
from screens.widgets.table import Table
from screens.widgets.viewer import Viewer
from screens.wizard.messages import Go
from screens.wizard.narrowing import NarrowingScreen
from screens.wizard.region_detail import RegionDetail
from screens.wizard.regions_rows import SORT_COLUMNS, columns, region_rows
from screens.wizard.regions_verdict import regions_verdict

MOST_NODES = 100
GLYPHS: dict[str, State] = {"loading": "running", "failed": "stale"}


class Regions(Table):
    """The best stays on top and under the cursor while rows come, until the user moves it."""

    LIVE: ClassVar[bool] = True
    TOP: ClassVar[bool] = True


class RegionsScreen(NarrowingScreen):
    """Over the size step. `counted` hears of another number of nodes.

    Closed while regions are still being asked, it keeps what came and asks no more.
    """

    STEP = "size"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "take it", id="regions.take"),
        Binding("minus", "nodes(-1)", "nodes", key_display="- +", id="regions.fewer"),
        Binding("plus,equals_sign", "nodes(1)", "more nodes", show=False, id="regions.more"),
        Binding("c", "copy", "copy", id="regions.copy"),
        Binding("1", "chip('1')", "chips", key_display="1-2", id="regions.fits"),
        Binding("2", "chip('2')", "spot", show=False, id="regions.spot"),
        Binding("s", "sort", "sort", id="regions.sort"),
        Binding("r", "again", "read again", id="regions.again"),
        Binding("d", "describe", "describe", id="regions.describe"),
    ]

    def __init__(self, session: Session, wanted: Wanted, symbols: Symbols, counted: Callable[[int], None]) -> None:
        super().__init__(session, symbols)
        self.wanted = wanted
        self.chips = Chips(
            symbols,
            Chip("1", "fits", ("any", "yes")),
            Chip("2", "spot", ("no", "yes"), at=int(wanted.spot)),
        )
        self.table = Regions(columns(spot=wanted.spot), symbols=symbols, id="everywhere")
        self.table_title = PaneTitle("Regions", symbols=symbols)
        self.detail = RegionDetail(session, symbols)
        self.detail_title = PaneTitle("Region", symbols=symbols)
        self._places: dict[str, Place] = {}
        self._kept: dict[str, Place] = {}
        self._order: Order = ORDERS[0]
        self._counted = counted

    def body(self) -> Iterable[Widget]:
        yield Vertical(Pane(self.table_title, self.chips, self.table, classes="fill"), classes="column left")
        yield VerticalScroll(Pane(self.detail_title, self.detail), classes="column right", id="side", can_focus=False)

    def on_mount(self) -> None:
        self.table.focus()
        self._read()

    # What is shown

    def redraw(self) -> None:
        self._show(at_once=False)

    def _show(self, *, at_once: bool) -> None:
        self._places = {place.region: place for place in places(self.session, self.wanted, self._order)}
        self._kept = {name: place for name, place in self._places.items() if self._keeps(place)}
        self.table.set_empty(self._nothing())
        self.table.show_over(not self.has_class("-low"))
        self.table.set_columns(columns(spot=self.wanted.spot))
        self.table.set_rows(region_rows(list(self._kept.values())), at_once=at_once)
        for key, column in SORT_COLUMNS.items():
            self.table.mark(column, "↓" if key == self._order else "")
        kept, known = len(self._kept), len(self._places)
        count = str(known) if kept == known else f"{kept} of {known}"
        self.table_title.note = f"{count} for {self.wanted}"
        place = self.place
        self.detail.show(place)
        self.detail_title.name_ = place.region if place else "Region"
        self.tick()

    def tick(self) -> None:
        now = time.monotonic()
        going = progress(list(self._places.values()), now)
        state = GLYPHS.get(going.state)
        self.table_title.right = f"{self.symbols.of(state) if state else ''} {going.words}".strip()
        place = self.place
        self.detail_title.right = place.reading.words(now) if place and not self.has_class("-narrow") else ""
        if going.state == "loading":
            self.table.set_rows(region_rows(list(self._kept.values())))

    def _keeps(self, place: Place) -> bool:
        name = self.chips.name_filter.lower()
        fits = self.chips.value("1") is None or place.fits
        return fits and (name in place.region or name in place.title.lower())

    def _nothing(self) -> str:
        if not self._places:
            return "The subscription has no region."
        asked = ["fits"] if self.chips.value("1") else []
        asked += [self.chips.name_filter] if self.chips.name_filter else []
        clears = " and ".join([*(["1"] if self.chips.value("1") else []), *(["esc"] if self.chips.name_filter else [])])
        return f'No region fits "{", ".join(asked)}". {clears} clears it.'

    # What is chosen

    @property
    def place(self) -> Place | None:
        """The one under the cursor."""
        return self._kept.get(self.table.cursor_key or "")

    @property
    def narrowed(self) -> Table:
        return self.table

    def verdict(self) -> Verdict:
        if self.place is None:
            return Verdict("pending", "No region fits the filters.", self._nothing())
        return regions_verdict(self.session, self.place)

    def take(self) -> str:
        return take(self.session, self.place) if self.place else self._nothing()

    def forward(self) -> None:
        self._leave_for("drivers")

    def action_back(self) -> None:
        if self.chips.input.has_focus or self.chips.name_filter:
            super().action_back()
        else:
            self.dismiss()

    def action_return_to(self, position: int) -> None:
        if 0 <= position < STEPS.index(self.STEP):
            self._leave_for(STEPS[position])

    def _leave_for(self, step: Step) -> None:
        self.dismiss()
        self.app.post_message(Go(step))

    def on_table_highlighted(self) -> None:
        self.changed_mind()
        self.show()

    def on_chips_changed(self) -> None:
        self.wanted = replace(self.wanted, spot=self.chips.value("2") is not None)
        self.changed_mind()
        self._show(at_once=True)
        self.show()

    def action_nodes(self, by: int) -> None:
        self.changed_mind()
        self.wanted = replace(self.wanted, nodes=min(max(self.wanted.nodes + by, 1), MOST_NODES))
        self._counted(self.wanted.nodes)
        self._show(at_once=True)
        self.show()

    def action_chip(self, key: str) -> None:
        self.chips.turn(key)

    def action_sort(self) -> None:
        self._order = ORDERS[(ORDERS.index(self._order) + 1) % len(ORDERS)]
        self._show(at_once=True)
        self.show()

    def action_copy(self) -> None:
        if lacks := self.place and self.place.shortage:
            self.app.copy_to_clipboard(lacks.command(self.session.azure.subscription) or quota_page())
            self.notify("copied", timeout=4)

    def action_describe(self) -> None:
        if place := self.place:
            title = f"{short(self.wanted.size)} in {place.region}"
            self.app.push_screen(Viewer(title, place_text(self.session, place), self.symbols))

    def action_again(self) -> None:
        self.changed_mind()
        self._read(fresh=True)

    @work(group="everywhere")
    async def _read(self, *, fresh: bool = False) -> None:
        # Those that are being asked, or wait until Azure lets them, are not asked once more.
        await self.session.read_regions(fresh=fresh)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "copy":
            return bool(self.place and self.place.shortage)
        if action == "describe":
            return self.place is not None
        return super().check_action(action, parameters)
