"""Which well-lit path, with which model, laid out how."""

from collections.abc import Iterable

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.draft.serving import laid_out
from llmd_tui.draft.session import Session
from llmd_tui.plan.fit import short
from llmd_tui.plan.offers import PathOffer, path_offers
from llmd_tui.plan.serving.layout import Layout
from llmd_tui.presets.models import language_models
from llmd_tui.presets.paths import WellLitPath, scorer_profiles, well_lit_path
from llmd_tui.presets.sizes import Size, sizes
from screens.glyphs import Symbols
from screens.widgets.fields import ChoiceField, Field, NumberField, TextField
from screens.widgets.frame import STYLES, Pane, PaneTitle, Verdict
from screens.widgets.picker import Option
from screens.widgets.table import Cell, Column, Row, Table
from screens.wizard.base import WizardScreen
from screens.wizard.layout import MemoryBars, Placement

COLUMNS = (
    Column("path", "PATH", least=20),
    Column("nodes", "NODES", "right"),
    Column("rdma", "RDMA", keep=2),
    Column("model", "MODEL", least=8, keep=1),
    Column("fits", "FITS", least=10, stretch=True),
)
HEADING = "not possible on these nodes"
MODEL, SCORERS = "path.model", "path.scorers"


class PathScreen(WizardScreen):
    STEP = "path"

    def __init__(self, session: Session, symbols: Symbols) -> None:
        super().__init__(session, symbols)
        self.table = Table(COLUMNS, symbols=symbols, id="paths")
        self.table_title = PaneTitle("Well-lit paths", symbols=symbols)
        self.about_title = PaneTitle("About", symbols=symbols)
        self.about = Static(markup=False)
        self.memory_title = PaneTitle("GPU memory", symbols=symbols)
        self.memory_title.note = "of one GPU, estimate"
        self.memory = MemoryBars(symbols)
        self.placement = Placement(symbols)
        self.model = ChoiceField(MODEL, "Model", symbols)
        self.scorers = ChoiceField(SCORERS, "Scorers", symbols)
        self._roles: dict[str, tuple[Field, ...]] = {
            role: (
                NumberField(f"path.{role}.replicas", f"{role.capitalize()} replicas", symbols),
                NumberField(f"path.{role}.tensorParallel", f"{role.capitalize()} TP", symbols),
            )
            for role in ("prefill", "decode")
        }
        self._always = (
            NumberField("path.maxModelLen", "Context, tokens", symbols),
            TextField("path.gpuMemoryUtilization", "GPU memory share", symbols),
        )
        self._layout: Layout | str = ""
        self._offers: dict[str, PathOffer] = {}

    def body(self) -> Iterable[Widget]:
        roles = [field for fields in self._roles.values() for field in fields]
        form = VerticalScroll(self.model, *roles, *self._always, self.scorers, can_focus=False)
        yield VerticalScroll(
            Pane(self.table_title, self.table),
            Pane(self.about_title, self.about, id="about-pane"),
            Pane(self.memory_title, self.memory),
            Pane(PaneTitle("Where pods go", symbols=self.symbols), self.placement),
            classes="column left",
            can_focus=False,
        )
        yield Vertical(Pane(PaneTitle("Set up", symbols=self.symbols), form, classes="fill"), classes="column right")

    def on_mount(self) -> None:
        self.table.focus()

    # What is shown

    @property
    def gpu_size(self) -> Size:
        return self.session.size or sizes()[0]

    @property
    def path(self) -> WellLitPath:
        """The draft's; the first that fits where it has none, or an unknown one."""
        if name := self.session.path_name:
            return well_lit_path(name)
        return next(iter(self._offers.values())).path

    @property
    def offer(self) -> PathOffer:
        """The one under the cursor."""
        return self._offers.get(self.table.cursor_key or "") or self._offers[self.path.name]

    def redraw(self) -> None:
        size, nodes = self.gpu_size, self.session.nodes
        self._offers = {offer.path.name: offer for offer in path_offers(size, nodes)}
        if not self.session.path_name and self.draft.value("path.name").text != self.path.name:
            self.draft.find("path.name", self.path.name, "preset", "the first that fits")
        self._layout = laid_out(self.draft)
        self._redraw_table()
        self._redraw_fields()
        self.table_title.note = f"on {nodes} × {short(size)}"
        self.about_title.name_ = self.offer.path.name
        self.about_title.note = self.offer.path.title
        self.about.update(Content.styled(self.symbols.text(self.offer.path.summary), STYLES["quiet"]))
        self.memory.show(self._layout)
        self.placement.show(self._layout, size.gpu.count)

    def _redraw_table(self) -> None:
        offers = list(self._offers.values())
        cannot = [offer for offer in offers if not offer.fit.fits]
        title = Cell(f"Not possible on these nodes  {len(cannot)}")
        heading = [Row(HEADING, {"path": title}, heading=True)] if cannot else []
        fresh = not self.table.rows
        can = [self._row(offer) for offer in offers if offer.fit.fits]
        self.table.set_rows([*can, *heading, *map(self._row, cannot)])
        self.table.styles.height = len(self.table.rows) + 1
        if fresh:
            self.table.move_to(self.path.name)

    def _row(self, offer: PathOffer) -> Row:
        path, size = offer.path, self.gpu_size
        nodes = path.minimum_nodes(size.name)
        reason = offer.fit.reason.removeprefix(f"{path.name} ")
        cells = {
            "path": Cell(path.name),
            "nodes": Cell(str(nodes) if nodes else "–"),
            "rdma": Cell("yes" if path.rdma else "–"),
            "model": Cell(path.default_model(size.name).partition("/")[2]),
            "fits": Cell(f"✗ {reason}", "quiet") if reason else Cell("✓ fits"),
        }
        return Row(path.name, cells, disabled=not offer.fit.fits)

    def _redraw_fields(self) -> None:
        path = self.path
        known = {model.name: model for model in language_models()}
        self.model.options = tuple(
            Option(name, name.partition("/")[2], known[name].title if name in known else "") for name in path.models
        )
        self.model.put(self.draft.text(MODEL))
        titles = scorer_profiles()
        self.scorers.options = tuple(Option(name, name, titles[name].title) for name in path.router.profiles)
        self.scorers.put(self.draft.text(SCORERS))
        roles = {role.role for role in path.roles}
        for role, fields in self._roles.items():
            for field in fields:
                field.display = role in roles
        shown = [field for role, fields in self._roles.items() if role in roles for field in fields]
        self.fields = (self.model, *shown, *self._always, self.scorers)

    def verdict(self) -> Verdict:
        if not self.session.path_name and (unknown := self.unknown("path.name")):
            return unknown
        if not self.offer.fit.fits:
            return Verdict("blocked", f"{self.offer.fit.reason}.")
        if isinstance(self._layout, str):
            return Verdict("failed", self._layout)
        gpus = self.session.nodes * self.gpu_size.gpu.count
        uses = f"all {gpus} GPUs" if self._layout.gpus == gpus else f"{self._layout.gpus} of {gpus} GPUs"
        pods = " and ".join(f"{role.pods} {role.role}" for role in self._layout.roles)
        return Verdict("done", f"{self.path.name} uses {uses}.", f"{pods} pods; the model fits.", "enter continue")

    # What is done

    def take(self) -> str:
        if not self.offer.fit.fits:
            return f"{self.offer.fit.reason}."
        if isinstance(self._layout, str):
            return self._layout
        self.draft.follow(self.path.name)
        return ""

    def on_table_highlighted(self, message: Table.Highlighted) -> None:
        if message.moved:
            self.changed_mind()
            if self.offer.fit.fits:
                self.draft.follow(self.offer.path.name)
        self.show()
