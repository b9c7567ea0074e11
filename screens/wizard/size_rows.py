"""The rows of the size table: those that can be chosen, a heading, and those that cannot, each with its reason."""

from collections.abc import Sequence

from llmd_tui.draft.session import Session
from llmd_tui.plan.fit import short
from llmd_tui.plan.offers import SizeOffer
from llmd_tui.presets.sizes import Price
from llmd_tui.rollout.words import many
from screens.glyphs import Role
from screens.widgets.table import Cell, Column, Row

SORT_COLUMNS = {"fit": "fits", "price": "price", "memory": "memory", "name": "name"}
HEADING = "not possible now"


def columns(*, spot: bool) -> tuple[Column, ...]:
    """All spot nodes of a region share one quota."""
    return (
        Column("name", "SIZE", least=17, names="_"),
        Column("gpus", "GPUS", least=10),
        Column("memory", "GB", "right"),
        Column("rdma", "RDMA", "right", keep=2, over="Gb/s"),
        Column("used", "USED", "right", width=4, keep=3, over="spot vCPU" if spot else "family vCPU"),
        Column("left", "LEFT", "right", width=4, keep=1),
        Column("price", "USD/H", "right"),
        Column("fits", "NODES THAT FIT", least=18, stretch=True),
    )


def size_rows(session: Session, offers: Sequence[SizeOffer]) -> list[Row]:
    can = [_row(session, offer) for offer in offers if not offer.reason]
    cannot = [_row(session, offer) for offer in offers if offer.reason]
    heading = [Row(HEADING, {"name": Cell(f"Not possible now  {len(cannot)}")}, heading=True)] if cannot else []
    return [*can, *heading, *cannot]


def _row(session: Session, offer: SizeOffer) -> Row:
    size, capacity = offer.size, offer.capacity
    role: Role = "text" if not offer.reason else "faint"
    cells = {
        "name": Cell(short(size)),
        "gpus": Cell(f"{size.gpu.count} {size.gpu.model}"),
        "memory": Cell(str(size.gpu.memory_gb)),
        "rdma": Cell(f"{size.gpu.count}×{size.rdma_gbps}" if size.rdma else "–", role if size.rdma else "faint"),
        "used": count_cell(capacity.used if capacity else None, "faint"),
        "left": count_cell(capacity.left if capacity else None, role),
        "price": price_cell(offer.price, role),
        "fits": _fits(session, offer),
    }
    return Row(size.name, cells, disabled=bool(offer.reason))


def _fits(session: Session, offer: SizeOffer) -> Cell:
    if offer.reason:
        return Cell(f"✗ {offer.reason}", "quiet")
    if not session.region:
        return _there(session.nodes_there(offer.size))
    if offer.capacity is None:
        failed = session.capacity.state == "failed"
        return Cell("? cannot be read" if failed else "· not read yet", "quiet" if failed else "faint")
    if offer.nodes_fit is None:
        return Cell("? no quota told", "quiet")
    return Cell(f"✓ {many(offer.nodes_fit, 'node')}")


def _there(nodes: int | None) -> Cell:
    if nodes is None:
        return Cell("· not read yet", "faint")
    return Cell(f"✓ {many(nodes, 'node')} there") if nodes else Cell("– none there", "faint")


def price_cell(price: Price | None, role: Role = "text") -> Cell:
    return Cell(f"{price.usd_per_hour:.2f}", role) if price else Cell("?", "faint")


def count_cell(number: int | None, role: Role = "text") -> Cell:
    return Cell("") if number is None else Cell(str(number), role if number else "faint")
