"""Which GPU size, and how many nodes of it."""

import time
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget

from llmd_tui.draft.describe import size_text
from llmd_tui.draft.everywhere import Wanted
from llmd_tui.draft.session import Session
from llmd_tui.draft.sizes import SORTS, Sort, sorted_offers
from llmd_tui.plan.offers import SizeFilter, SizeOffer
from llmd_tui.presets.paths import well_lit_paths
from llmd_tui.presets.sizes import sizes
from screens.glyphs import Symbols
from screens.widgets.chips import Chip, Chips
from screens.widgets.frame import Pane, PaneTitle, Verdict
from screens.widgets.table import Table
from screens.widgets.viewer import Viewer
from screens.wizard.narrowing import NarrowingScreen
from screens.wizard.regions import RegionsScreen
from screens.wizard.selected import Selected
from screens.wizard.size_rows import SORT_COLUMNS, columns, size_rows
from screens.wizard.size_verdict import size_verdict

MOST_NODES = 100
"""The config's own limit."""


class SizeScreen(NarrowingScreen):
    STEP = "size"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("minus", "nodes(-1)", "nodes", key_display="- +", id="size.fewer"),
        Binding("plus,equals_sign", "nodes(1)", "more nodes", show=False, id="size.more"),
        Binding("a", "everywhere", "all regions", id="size.everywhere"),
        Binding("s", "sort", "sort", id="size.sort"),
        Binding("1", "chip('1')", "chips", key_display="1-4", id="size.rdma"),
        Binding("2", "chip('2')", "filter", show=False, id="size.quota"),
        Binding("3", "chip('3')", "filter", show=False, id="size.path"),
        Binding("4", "chip('4')", "filter", show=False, id="size.gpu"),
        Binding("d", "describe", "describe", id="size.describe"),
        Binding("r", "again", "read again", id="size.again"),
    ]

    def __init__(self, session: Session, symbols: Symbols) -> None:
        super().__init__(session, symbols)
        models = tuple(dict.fromkeys(size.gpu.model for size in sizes()))
        self.chips = Chips(
            symbols,
            Chip("1", "RDMA", ("any", "yes", "no")),
            Chip("2", "fits quota", ("any", "yes")),
            Chip("3", "path", ("any", *(path.name for path in well_lit_paths()))),
            Chip("4", "GPU", ("any", *models)),
        )
        self.table = Table(columns(spot=session.spot), symbols=symbols, id="sizes")
        self.table_title = PaneTitle("Sizes", symbols=symbols)
        self.selected = Selected(session, symbols)
        self.selected_title = PaneTitle("Selected", symbols=symbols)
        self._offers: dict[str, SizeOffer] = {}
        self._counts: dict[str, int] = {}
        self._known: tuple[str, int] | None = None
        self._sort: Sort = SORTS[0]

    def body(self) -> Iterable[Widget]:
        yield Vertical(Pane(self.table_title, self.chips, self.table, classes="fill"), classes="column left")
        yield VerticalScroll(
            Pane(self.selected_title, self.selected), classes="column right", id="side", can_focus=False
        )

    def on_mount(self) -> None:
        self.table.focus()

    def on_screen_resume(self) -> None:
        chosen = self.session.size
        # What was counted here stays when a text that lay over it is closed.
        if chosen and self._known != (chosen.name, self.session.nodes):
            self._known = chosen.name, self.session.nodes
            self._counts[chosen.name] = self.session.nodes
        if self.session.capacity.state == "unread":
            self._read()

    # What is shown

    def redraw(self) -> None:
        offers = sorted_offers(self.session.offers(self._filter()), self._sort)
        self._offers = {offer.size.name: offer for offer in offers}
        fresh = not self.table.rows
        self.table.set_empty(self._nothing())
        self.table.show_over(not self.has_class("-low"))
        self.table.set_columns(columns(spot=self.session.spot))
        self.table.set_rows(size_rows(self.session, offers))
        if fresh and (chosen := self.session.size):
            self.table.move_to(chosen.name)
        for key, column in SORT_COLUMNS.items():
            self.table.mark(column, "↓" if key == self._sort else "")
        count = str(len(offers)) if len(offers) == len(sizes()) else f"{len(offers)} of {len(sizes())}"
        self.table_title.note = f"{count} with GPUs" + (f" in {self.session.region}" if self.session.region else "")
        self.selected.show(self.offer, self.nodes, self.source)
        # Beside the table the name is the pane's first line; under it there is no room for one.
        narrow = self.has_class("-narrow")
        self.selected_title.note = self.offer.size.name if narrow and self.offer else ""
        self.tick()

    def tick(self) -> None:
        reading = self.session.capacity
        if not self.session.region:
            self.table_title.right = ""
            return
        glyph = {"loading": self.symbols.of("running"), "failed": self.symbols.of("stale")}.get(reading.state, "")
        self.table_title.right = f"{glyph} {reading.words(time.monotonic())}".strip()

    def _filter(self) -> SizeFilter:
        rdma = self.chips.value("1")
        return SizeFilter(
            rdma=None if rdma is None else rdma == "yes",
            fits_quota=self.chips.value("2") is not None,
            path=self.chips.value("3"),
            gpu=self.chips.value("4"),
            name=self.chips.name_filter,
        )

    def _nothing(self) -> str:
        active = self.chips.active
        asked = [chip.value if chip.key in ("3", "4") else f"{chip.name} {chip.value}" for chip in active]
        asked += [self.chips.name_filter] if self.chips.name_filter else []
        clears = " and ".join([*(chip.key for chip in active), *(["esc"] if self.chips.name_filter else [])])
        return f'No size fits "{", ".join(asked)}". {clears} clears it.'

    # What is chosen

    @property
    def offer(self) -> SizeOffer | None:
        """The one under the cursor."""
        return self._offers.get(self.table.cursor_key or "")

    @property
    def nodes(self) -> int:
        """How many nodes of it."""
        if offer := self.offer:
            return self._counts.get(offer.size.name) or self.session.nodes_of(offer.size)
        return 1

    def verdict(self) -> Verdict:
        if self.session.size is None and (unknown := self.unknown("pool.size")):
            return unknown
        if not isinstance(self.draft.answers.get("pool.nodes"), int) and (unknown := self.unknown("pool.nodes")):
            return unknown
        if self.offer is None:
            return Verdict("pending", "No size fits the filters.", self._nothing())
        return size_verdict(self.session, self.offer, self.nodes)

    def take(self) -> str:
        offer, nodes = self.offer, self.nodes
        if offer is None:
            return self._nothing()
        if reason := self.session.why_not(offer, nodes):
            return f"{reason.rstrip('.')}."
        return self.draft.choose("pool.size", offer.size.name) or self.draft.choose("pool.nodes", nodes)

    def on_table_highlighted(self) -> None:
        self.changed_mind()
        self.show()

    def action_nodes(self, by: int) -> None:
        if offer := self.offer:
            self.changed_mind()
            self._counts[offer.size.name] = min(max(self.nodes + by, 1), MOST_NODES)
            self.show()

    def action_chip(self, key: str) -> None:
        self.chips.turn(key)

    def action_sort(self) -> None:
        self._sort = SORTS[(SORTS.index(self._sort) + 1) % len(SORTS)]
        self.show()

    @property
    def narrowed(self) -> Table:
        return self.table

    @property
    def chosen_paths(self) -> tuple[str, ...]:
        return ("pool.nodes",) if self.table.has_focus else super().chosen_paths

    def action_reset(self) -> None:
        if offer := self.offer:
            self._counts.pop(offer.size.name, None)
        super().action_reset()

    @property
    def source(self) -> str:
        """Where the number of nodes came from."""
        said = self.draft.answers.get("pool.nodes")
        mine = self._counts.get(self.offer.size.name) if self.offer else None
        if mine is not None and mine != said:
            return "you"
        return self.draft.value("pool.nodes").source if said else "preset"

    def action_describe(self) -> None:
        if offer := self.offer:
            text = size_text(self.session, offer, self.nodes)
            self.app.push_screen(Viewer(offer.size.name, text, self.symbols))

    def action_everywhere(self) -> None:
        if offer := self.offer:
            wanted = Wanted(offer.size, self.nodes, self.session.spot)
            self.app.push_screen(RegionsScreen(self.session, wanted, self.symbols, self._count(offer.size.name)))

    def _count(self, name: str) -> Callable[[int], None]:
        return lambda nodes: self._counts.__setitem__(name, nodes)

    def action_again(self) -> None:
        self._read(fresh=True)

    @work(group="capacity", exclusive=True)
    async def _read(self, *, fresh: bool = False) -> None:
        await self.session.read_region(fresh=fresh)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "again":
            return bool(self.session.region)
        if action == "everywhere":
            known = self.draft.target != "kubeconfig" and self.session.azure.locations.value
            return bool(known) and self.offer is not None
        if action == "reset" and self.table.has_focus:
            return self.source != "preset"
        if action in ("nodes", "describe"):
            return self.offer is not None
        return super().check_action(action, parameters)
