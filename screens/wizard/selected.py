"""What the size under the cursor is, takes and can do."""

from textual.content import Content
from textual.style import Style
from textual.widgets import Static

from llmd_tui.draft.session import Session
from llmd_tui.plan.offers import PathOffer, SizeOffer, path_offers
from screens.glyphs import Symbols
from screens.palette import cursor_style
from screens.widgets.frame import STYLES, cut
from screens.wizard.gauges import FAINT, QUIET, family, gauge, price, quotas

BAR = 24
"""Cells of the quota's bar where it stands in a row."""


class Selected(Static):
    """A column beside the table; two rows under it where there is no room beside. `-` and `+` can be clicked."""

    DEFAULT_CSS = """
    Selected {
        height: auto; width: 1fr; text-wrap: nowrap; text-overflow: clip;
        link-style: none; link-color: auto; link-background: initial; link-style-hover: none;
        link-background-hover: $primary-muted; link-color-hover: auto;
    }
    """

    def __init__(self, session: Session, symbols: Symbols) -> None:
        super().__init__(markup=False, id="selected")
        self._session = session
        self._symbols = symbols
        self._shown: tuple[SizeOffer | None, int, str] = (None, 1, "")

    def on_resize(self) -> None:
        self.show(*self._shown)

    def show(self, offer: SizeOffer | None, nodes: int, source: str) -> None:
        """`source`: where the number of nodes came from."""
        self._shown = offer, nodes, source
        if offer is None:
            self.update("")
            return
        narrow = self.screen.has_class("-narrow")
        lines = self._rows(offer, nodes) if narrow else self._column(offer, nodes)
        width = max(1, self.content_size.width)
        self.update(Content("\n").join(cut(line, width, self._symbols) for line in lines))

    def _column(self, offer: SizeOffer, nodes: int) -> list[Content]:
        size, text = offer.size, self._symbols.text
        whole = size.gpu.count * size.gpu.memory_gb
        facts = [
            f"{size.gpu.count} × {size.gpu.model} {size.gpu.memory_gb} GB, {whole} GB in all",
            f"{size.vcpus} vCPU, {size.memory_gib} GiB, {size.nics} NIC{'s' if size.nics > 1 else ''}",
            self._network(offer),
        ]
        if offer.capacity and offer.capacity.offered:
            facts.append(f"zones {' '.join(offer.capacity.zones)}" if offer.capacity.zones else "no zones")
        paths = path_offers(size, nodes)
        room = self.content_size.width
        return [
            Content(size.name),
            *(Content.styled(text(fact), QUIET) for fact in facts),
            Content(""),
            self._with_source(self._count_line(offer, nodes), room),
            Content(""),
            *self._quotas(offer, nodes, max(10, room)),
            *price(offer, nodes),
            Content(""),
            Content.styled(f"Paths on {nodes} node{'' if nodes == 1 else 's'}", QUIET),
            *(self._path(each, room) for each in paths),
        ]

    def _rows(self, offer: SizeOffer, nodes: int) -> list[Content]:
        size, width = offer.size, self.content_size.width
        paths = path_offers(size, nodes)
        fitting = sum(each.fit.fits for each in paths)
        cost = f"${offer.price.usd_per_hour * nodes:,.2f}/h" if offer.price else "price not known"
        facts = f", {nodes} × {size.memory_gib} GiB, {self._network(offer)}"
        first = Content.assemble(self._count_line(offer, nodes), (self._symbols.text(facts), QUIET))
        quota = gauge("Quota ", family(offer.capacity), nodes * size.vcpus, BAR, self._symbols)
        second = Content.assemble(quota[0], "  ", quota[1]) if quota else Content.styled("no quota is known", QUIET)
        return [
            _spread(first, Content(cost), width),
            _spread(second, Content.styled(f"{fitting} of {len(paths)} paths", QUIET), width),
        ]

    def _network(self, offer: SizeOffer) -> str:
        size = offer.size
        return f"InfiniBand {size.gpu.count} × {size.rdma_gbps} Gb/s" if size.rdma else "no InfiniBand"

    def _count_line(self, offer: SizeOffer, nodes: int) -> Content:
        fewer, more = (
            Content.styled(f" {sign} ", "bold").stylize(Style.from_meta({"@click": f"app.simulate_key('{key}')"}))
            for sign, key in (("-", "minus"), ("+", "plus"))
        )
        count = Content.styled(f" {nodes} ", f"bold {cursor_style(self.app)}")
        gpus = nodes * offer.size.gpu.count
        gpu = Content.styled(f"{gpus} GPU{'' if gpus == 1 else 's'}", QUIET)
        return Content.assemble(("Nodes ", QUIET), fewer, count, more, " ", gpu)

    def _with_source(self, line: Content, room: int) -> Content:
        source = Content.styled(self._shown[2], FAINT)
        return _spread(line, source, room) if line.cell_length + source.cell_length + 2 <= room else line

    def _quotas(self, offer: SizeOffer, nodes: int, width: int) -> list[Content]:
        if offer.capacity is None:
            return []
        return quotas(offer.capacity, nodes * offer.size.vcpus, self._session.system_vcpus, width, self._symbols)

    def _path(self, offer: PathOffer, room: int) -> Content:
        name = offer.path.name
        if offer.fit.fits:
            return Content.assemble((self._symbols.of("done"), STYLES["done"]), " ", name)
        left = Content.styled(f"{self._symbols.of('failed')} {name}", FAINT)
        return _spread(left, Content.styled(self._symbols.text(offer.fit.brief.removeprefix("needs ")), FAINT), room)


def _spread(left: Content, right: Content, width: int) -> Content:
    return Content.assemble(left, " " * max(2, width - left.cell_length - right.cell_length), right)
