"""What the size under the cursor is, takes and can do."""

from textual.content import Content
from textual.widgets import Static

from llmd_tui.draft.session import Session
from llmd_tui.plan.offers import SizeOffer, path_offers
from screens.glyphs import Symbols
from screens.widgets.bars import bar
from screens.widgets.frame import STYLES

QUIET, FAINT = STYLES["quiet"], STYLES["faint"]
NARROW = 100


class Selected(Static):
    """A column beside the table; three rows under it where there is no room beside."""

    DEFAULT_CSS = "Selected { height: auto; width: 1fr; }"

    def __init__(self, session: Session, symbols: Symbols) -> None:
        super().__init__(markup=False, id="selected")
        self._session = session
        self._symbols = symbols

    def show(self, offer: SizeOffer | None, nodes: int) -> None:
        if offer is None:
            self.update("")
            return
        narrow = self.app.size.width < NARROW
        lines = self._rows(offer, nodes) if narrow else self._column(offer, nodes)
        self.update(Content("\n").join(lines))

    def _column(self, offer: SizeOffer, nodes: int) -> list[Content]:
        size, text = offer.size, self._symbols.text
        whole = size.gpu.count * size.gpu.memory_gb
        lines = [
            Content(size.name),
            Content(text(f"{size.gpu.count} × {size.gpu.model} {size.gpu.memory_gb} GB, {whole} GB in all")),
            Content(f"{size.vcpus} vCPU, {size.memory_gib} GiB, {size.nics} NICs"),
            Content(text(self._network(offer))),
            Content(""),
            self._count_line(offer, nodes),
            Content(""),
            *self._quota(offer, nodes, max(10, self.content_size.width)),
            *self._price(offer, nodes),
            Content(""),
            Content.styled(text(f"Paths on {nodes} node{'' if nodes == 1 else 's'}"), QUIET),
        ]
        return lines + [self._path(each.path.name, each.fit.reason) for each in path_offers(size, nodes)]

    def _rows(self, offer: SizeOffer, nodes: int) -> list[Content]:
        size = offer.size
        fitting = [each for each in path_offers(size, nodes) if each.fit.fits]
        cost = f"${size.price.usd_per_hour * nodes:.2f}/h" if size.price else ""
        network = self._symbols.text(self._network(offer))
        paths = Content.styled(f"{len(fitting)} of {len(path_offers(size, nodes))} paths", QUIET)
        first = Content.assemble(self._count_line(offer, nodes), f"   {network}   {cost}")
        return [first, Content("   ").join([*self._quota(offer, nodes, 24)[1:3], paths])]

    def _network(self, offer: SizeOffer) -> str:
        size = offer.size
        return f"InfiniBand {size.gpu.count} × {size.rdma_gbps} Gb/s" if size.rdma else "no InfiniBand"

    def _count_line(self, offer: SizeOffer, nodes: int) -> Content:
        gpus = f"{nodes * offer.size.gpu.count} GPUs"
        count = (f" {nodes} ", "bold on $primary-muted")
        return Content.assemble(("Nodes   ", QUIET), ("-  ", "bold"), count, ("  +  ", "bold"), (gpus, QUIET))

    def _quota(self, offer: SizeOffer, nodes: int, width: int) -> list[Content]:
        capacity = offer.capacity
        if capacity is None or not capacity.limit or capacity.used is None:
            return []
        this = nodes * offer.size.vcpus
        left = capacity.limit - capacity.used - this
        return [
            Content.styled(f"{offer.size.family}, vCPU".removeprefix("standard").strip(), QUIET),
            bar([(capacity.used, "╍", "quiet"), (this, "━", "running")], capacity.limit, width, self._symbols),
            Content.assemble(
                (f"{capacity.used} used  ", QUIET), (f"{this} this", STYLES["running"]), "  ",
                (f"{left} left" if left >= 0 else f"{-left} too many", "" if left > 0 else STYLES["slow"]),
            ),
            Content(""),
        ]  # fmt: skip

    def _price(self, offer: SizeOffer, nodes: int) -> list[Content]:
        price = offer.size.price
        if price is None:
            return [Content.assemble(("Price   ", QUIET), ("not known", FAINT))]
        an_hour = price.usd_per_hour * nodes
        return [
            Content.assemble(("Price   ", QUIET), f"${an_hour:.2f}/h  ", (f"${an_hour * 24:.0f}/day", QUIET)),
            Content.styled(f"        list, {price.as_of:%d %b %Y}", FAINT),
        ]

    def _path(self, name: str, reason: str) -> Content:
        if not reason:
            return Content.assemble((self._symbols.of("done"), STYLES["done"]), " ", name)
        return Content.assemble((self._symbols.of("failed"), FAINT), " ", (name, FAINT))
