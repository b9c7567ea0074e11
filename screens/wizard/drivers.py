"""Who brings the NVIDIA driver to the nodes, and on which operating system."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.draft.describe import strategy_text
from llmd_tui.draft.drivers import (
    chosen_strategy,
    consequences,
    follows,
    kubernetes_version,
    os_offers,
    recommended,
    until_gpus,
    usual_os,
)
from llmd_tui.draft.session import Session
from llmd_tui.plan.fit import Fit, short, strategy_fit
from llmd_tui.plan.offers import StrategyOffer, strategy_offers
from llmd_tui.presets.node_os import node_oses
from llmd_tui.presets.sizes import Size, sizes
from llmd_tui.presets.strategies import Strategy, strategy
from screens.glyphs import Role, Symbols
from screens.widgets.frame import Pane, PaneTitle, Verdict, rows
from screens.widgets.picker import Option
from screens.widgets.radio import Radio
from screens.widgets.viewer import Viewer
from screens.wizard.base import WizardScreen
from screens.wizard.strategies import Column, StrategyTable

OS_SKU = "pool.osSku"


class DriversScreen(WizardScreen):
    STEP = "drivers"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("d", "describe", "describe", id="drivers.describe")]

    def __init__(self, session: Session, symbols: Symbols) -> None:
        super().__init__(session, symbols)
        self.strategies = StrategyTable(symbols)
        self.oses = Radio(symbols, wide=True, id="oses")
        self.title_line = PaneTitle("Driver strategy", symbols=symbols)
        self.follows = Static(markup=False, id="follows")
        os_title = PaneTitle("Node OS", symbols=symbols)
        os_title.note = "fixed when the pool is created"
        self._os_title = os_title
        self._shown_revision = -1

    def body(self) -> Iterable[Widget]:
        yield VerticalScroll(
            Pane(self.title_line, self.strategies),
            Pane(self._os_title, self.oses),
            Pane(PaneTitle("What follows", symbols=self.symbols), self.follows, id="follows-pane"),
            classes="column",
            can_focus=False,
        )

    def on_mount(self) -> None:
        self.strategies.focus()

    def on_screen_resume(self) -> None:
        if self._shown_revision != self.draft.revision:
            self.strategies.chosen = chosen_strategy(self.draft).name
            said = self.draft.answers.get(OS_SKU)
            self.oses.chosen = str(said) if said in node_oses() else ""
            self.show()

    # What is shown

    def redraw(self) -> None:
        self._shown_revision = self.draft.revision
        size, version = self.gpu_size, kubernetes_version(self.draft)
        self.strategies.chosen = self.strategies.chosen or chosen_strategy(self.draft).name
        offers = strategy_offers(size, None, version)
        self.strategies.show([self._column(offer) for offer in offers])
        chosen = self.strategy
        systems = os_offers(chosen, size)
        if self.oses.chosen not in {offer.os.name for offer in systems}:
            self.oses.chosen = usual_os(chosen, size)
        self.oses.options = tuple(
            Option(offer.os.name, offer.os.title, offer.os.note, offer.fit.brief or offer.fit.reason)
            for offer in systems
        )
        self.title_line.note = f"for {self.session.nodes} × {short(size)}"
        self.title_line.right = self.draft.value("drivers").source
        self._os_title.right = self.draft.value(OS_SKU).source
        lines: list[tuple[str, Role]] = [(line, "quiet") for line in follows(self.draft, chosen, self.oses.chosen)]
        self.follows.update(rows(lines, self.symbols))
        self.query_one("#follows-pane").set_class(not lines, "-empty")

    def _column(self, offer: StrategyOffer) -> Column:
        each = offer.strategy
        mark = "preview" if each.preview else "recommended" if each.name == recommended() else ""
        option = Option(each.name, each.name, mark, offer.fit.reason)
        return Column(option, mark, consequences(each, self.gpu_size), offer.fit.reason)

    @property
    def gpu_size(self) -> Size:
        """The chosen one; an unknown one is told on its own screen, here the first stands for it."""
        return self.session.size or sizes()[0]

    @property
    def strategy(self) -> Strategy:
        return strategy(self.strategies.chosen)

    @property
    def fit(self) -> Fit:
        return strategy_fit(self.strategy, self.gpu_size, self.oses.chosen, kubernetes_version(self.draft))

    def verdict(self) -> Verdict:
        known = self.draft.value("drivers").value == chosen_strategy(self.draft).name
        if not known and (unknown := self.unknown("drivers")):
            return unknown
        if self.draft.answers.get(OS_SKU) not in node_oses() and (unknown := self.unknown(OS_SKU)):
            return unknown
        if not self.fit.fits:
            return Verdict("blocked", f"{self.fit.reason}.")
        title = node_oses()[self.oses.chosen].title
        sentence = f"{self.strategy.name} fits {short(self.gpu_size)} with {title}."
        usual = f"{until_gpus(self.strategy, self.gpu_size)} until the GPUs can be used."
        return Verdict("done", sentence, f"{usual[:1].upper()}{usual[1:]}", "enter continue")

    # What is done

    def take(self) -> str:
        if not self.fit.fits:
            return f"{self.fit.reason}."
        self.draft.choose("drivers", self.strategy.name)
        self.draft.set(OS_SKU, self.oses.chosen)
        return ""

    @property
    def chosen_paths(self) -> tuple[str, ...]:
        return (OS_SKU,) if self.oses.has_focus else ("drivers", OS_SKU)

    def action_reset(self) -> None:
        super().action_reset()
        self.on_screen_resume()

    def action_describe(self) -> None:
        text = strategy_text(self.strategy, self.gpu_size, self.oses.chosen, kubernetes_version(self.draft))
        self.app.push_screen(Viewer(self.strategy.name, text, self.symbols))

    def on_radio_changed(self, message: Radio.Changed) -> None:
        self.changed_mind()
        if message.radio is self.strategies and not self.draft.said(OS_SKU):
            self.oses.chosen = usual_os(self.strategy, self.gpu_size)
        self.show()
