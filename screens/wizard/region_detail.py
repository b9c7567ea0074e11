"""What the region under the cursor has of the size, and what to ask for where that is too little."""

from textual.containers import Vertical
from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from llmd_tui.azure.quota import quota_page
from llmd_tui.draft.everywhere import Place
from llmd_tui.draft.session import Session
from screens.glyphs import Symbols
from screens.widgets.frame import STYLES, cut
from screens.wizard.gauges import QUIET, family, gauge, price, quotas

BAR = 24
"""Cells of the quota's bar where it stands in a row."""


class RegionDetail(Vertical):
    """A column beside the table; three rows under it where there is no room beside."""

    DEFAULT_CSS = """
    RegionDetail { height: auto; }
    RegionDetail #gauges { height: auto; text-wrap: nowrap; text-overflow: clip; }
    RegionDetail #advice { height: auto; }
    RegionDetail.-rows #advice { height: 2; text-wrap: nowrap; text-overflow: ellipsis; }
    RegionDetail.-rows.-ascii #advice { text-overflow: clip; }
    """

    def __init__(self, session: Session, symbols: Symbols) -> None:
        self._session = session
        self._symbols = symbols
        self._place: Place | None = None
        self._gauges = Static(markup=False, id="gauges")
        self._advice = Static(markup=False, id="advice")
        super().__init__(self._gauges, self._advice, id="region", classes="-ascii" if symbols.ascii_only else "")

    def on_resize(self) -> None:
        self.show(self._place)

    def show(self, place: Place | None) -> None:
        self._place = place
        if not self.is_attached:
            # A region answers while the program ends.
            return
        narrow = self.screen.has_class("-narrow")
        self.set_class(narrow, "-rows")
        if place is None:
            self._gauges.update("")
            self._advice.update("")
            return
        width = max(10, self.content_size.width)
        lines = [self._row(place)] if narrow else self._column(place, width)
        self._gauges.update(Content("\n").join(cut(line, width, self._symbols) for line in lines))
        self._advice.update(Content("\n").join(self._asks(place, brief=narrow)))

    def _row(self, place: Place) -> Content:
        drawn = gauge("Quota ", family(place.capacity), self._vcpus(place), BAR, self._symbols)
        cost = place.offer.price
        told = f"${cost.usd_per_hour * place.wanted.nodes:,.2f}/h" if cost else "price not known"
        quota = Content.assemble(drawn[0], "  ", drawn[1]) if drawn else Content.styled("no quota is known", QUIET)
        return Content.assemble(quota, "   ", told)

    def _column(self, place: Place, width: int) -> list[Content]:
        known, wanted = place.capacity, place.wanted
        lines = [Content(self._symbols.text(str(wanted)))]
        if known and known.offered:
            zones = f"zones {' '.join(known.zones)}" if known.zones else "no zones"
            lines += [Content.styled(self._symbols.text(f"{place.title}, {zones}"), QUIET), Content("")]
            vcpus, system = self._vcpus(place), self._session.system_vcpus
            lines += quotas(known, vcpus, system, width, self._symbols)
        else:
            lines += [Content.styled(self._symbols.text(place.title), QUIET), Content("")]
        return [*lines, *price(place.offer, wanted.nodes), Content("")]

    def _vcpus(self, place: Place) -> int:
        known = place.capacity
        return place.wanted.nodes * (known.vcpus if known else place.wanted.size.vcpus)

    def _asks(self, place: Place, *, brief: bool) -> list[Content]:
        """Why not, the quota page and the command; nothing where there is nothing to ask for."""
        text, lacks, reading = self._symbols.text, place.shortage, place.reading
        if reading.state == "failed":
            return [
                Content.assemble((self._symbols.of("failed"), STYLES["failed"]), " ", text(reading.error)),
                Content.styled(text(reading.remedy), QUIET),
            ]
        if not place.why:
            return []
        why = Content.assemble((self._symbols.of("failed"), STYLES["failed"]), " ", text(place.why))
        if lacks is None:
            return [why]
        command, page = lacks.command(self._session.azure.subscription), quota_page()
        if brief:
            return [why, Content.styled(text(f"$ {command}" if command else page), QUIET)]
        parts = [why, Content(""), Content.styled("Quota page", QUIET), Content.styled(page, Style(link=page))]
        if command:
            parts += [Content(""), Content.styled("or", QUIET), Content(text(command))]
        return parts
