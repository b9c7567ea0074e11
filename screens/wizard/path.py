"""Which well-lit path, with which model, laid out how."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.draft.describe import path_text
from llmd_tui.draft.serving import facts, hints, laid_out, pins
from llmd_tui.draft.session import Session
from llmd_tui.plan.fit import short
from llmd_tui.plan.offers import PathOffer, path_offers
from llmd_tui.plan.serving.layout import Layout
from llmd_tui.presets.models import language_model, language_models
from llmd_tui.presets.paths import WellLitPath, scorer_profiles, well_lit_path
from llmd_tui.presets.sizes import Size, sizes
from screens.glyphs import Symbols
from screens.widgets.fields import ChoiceField, Fact, Field, NumberField, TextField
from screens.widgets.frame import STYLES, Pane, PaneTitle, Verdict
from screens.widgets.picker import Option
from screens.widgets.radio import Radio
from screens.widgets.table import Cell, Column, Row, Table
from screens.widgets.viewer import Viewer
from screens.wizard.base import WizardScreen
from screens.wizard.layout import MemoryBars, Placement

COLUMNS = (
    Column("path", "PATH", least=20),
    Column("gpus", "GPUS", "right"),
    Column("rdma", "RDMA", keep=2),
    Column("model", "MODEL", least=8, keep=1),
    Column("fits", "FITS", least=16, stretch=True),
)
HEADING = "not possible on these nodes"
PINS = ("Block size", "vLLM image", "llm-d")
MODEL, SCORERS = "path.model", "path.scorers"


class PathScreen(WizardScreen):
    STEP = "path"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("d", "describe", "describe", id="path.describe")]

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
        self.scorers = Radio(symbols, wide=True, id="scorers")
        self.scorers_title = PaneTitle("Scorer profile", symbols=symbols)
        self._roles: dict[str, tuple[Field, ...]] = {
            role: (
                NumberField(f"path.{role}.replicas", f"{role.capitalize()} pods", symbols),
                NumberField(f"path.{role}.tensorParallel", f"{role.capitalize()} TP", symbols),
            )
            for role in ("prefill", "decode")
        }
        self._always = (
            NumberField("path.maxModelLen", "Context", symbols),
            TextField("path.gpuMemoryUtilization", "Memory share", symbols),
        )
        self._pins = {label: Fact(label, symbols) for label in PINS}
        self._layout: Layout | str = ""
        self._offers: dict[str, PathOffer] = {}

    def body(self) -> Iterable[Widget]:
        roles = [field for fields in self._roles.values() for field in fields]
        form = Vertical(self.model, *roles, *self._always, *self._pins.values(), id="set-up")
        yield VerticalScroll(
            Pane(self.table_title, self.table),
            Pane(self.about_title, self.about, id="about-pane"),
            Pane(self.memory_title, self.memory),
            Pane(self.scorers_title, self.scorers),
            classes="column left",
            can_focus=False,
        )
        yield VerticalScroll(
            Pane(PaneTitle("Set up", symbols=self.symbols), form),
            Pane(PaneTitle("Where pods go", symbols=self.symbols), self.placement),
            classes="column right",
            can_focus=False,
        )

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
        shown = self.offer.path
        self.about_title.name_, self.about_title.note = shown.name, shown.title
        told = facts(shown, self._layout if shown is self.path else "")
        self.about.update(Content.styled(self.symbols.text("\n".join(told)), STYLES["quiet"]))
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
        path = offer.path
        cells = {
            "path": Cell(path.name),
            "gpus": Cell(str(offer.gpus)),
            "rdma": Cell("yes" if path.rdma else "–"),
            "model": Cell(path.default_model(self.gpu_size.name).partition("/")[2]),
            "fits": Cell("✓ fits") if offer.fit.fits else Cell(f"✗ {offer.fit.brief}", "quiet"),
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
        self.scorers.chosen = self.draft.text(SCORERS)
        self.scorers_title.note, self.scorers_title.right = "endpoint picker", self.draft.value(SCORERS).source
        config = self.draft.sketch()
        known_pins = (
            pins(config, path, language_model(self.draft.text(MODEL))) if config and self.model.text in known else []
        )
        for label, fact in self._pins.items():
            fact.display = label in {each for each, _, _ in known_pins}
        for label, value, source in known_pins:
            self._pins[label].show(value, source)
        # One that the path does not have shows while something is said about it: there it can be taken back.
        roles = {role.role for role in path.roles}
        roles |= {role for role, fields in self._roles.items() if any(self.draft.changed(f.path) for f in fields)}
        for role, fields in self._roles.items():
            for field in fields:
                field.display = role in roles
        shown = [field for role, fields in self._roles.items() if role in roles for field in fields]
        self.fields = (self.model, *shown, *self._always)

    def hint(self, path: str) -> tuple[str, bool]:
        if path == MODEL:
            model = next((model for model in language_models() if model.name == self.draft.text(MODEL)), None)
            kind = "gated, needs a token" if model and model.gated else "open"
            return (f"{kind}, {model.weights_gb:.0f} GB to load", not model.gated) if model else ("", False)
        known = {} if isinstance(self._layout, str) else hints(self._layout)
        return (known[path], False) if path in known else super().hint(path)

    def verdict(self) -> Verdict:
        if not self.session.path_name and (unknown := self.unknown("path.name")):
            return unknown
        if unknown := self.unknown(SCORERS):
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
        if self.unknown(SCORERS):
            self.draft.reset(SCORERS)
        self.draft.follow(self.path.name)
        return ""

    @property
    def chosen_paths(self) -> tuple[str, ...]:
        return (SCORERS,) if self.scorers.has_focus else super().chosen_paths

    def on_radio_changed(self, message: Radio.Changed) -> None:
        self.changed_mind()
        self.draft.set(SCORERS, message.key)
        self.show()

    def action_describe(self) -> None:
        path = self.offer.path
        self.app.push_screen(Viewer(path.name, path_text(path, self.gpu_size, self.session.nodes), self.symbols))

    def on_table_highlighted(self, message: Table.Highlighted) -> None:
        if message.moved:
            self.changed_mind()
            if self.offer.fit.fits:
                self.draft.follow(self.offer.path.name)
        self.show()
