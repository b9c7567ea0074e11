"""Who brings the NVIDIA driver to the nodes, and on which operating system."""

from collections.abc import Iterable, Mapping

from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.draft.drivers import chosen_strategy, kubernetes_version, os_offers, usual_os
from llmd_tui.draft.session import Session
from llmd_tui.plan.fit import Fit, short, strategy_fit
from llmd_tui.plan.offers import strategy_offers
from llmd_tui.presets.node_os import node_oses
from llmd_tui.presets.sizes import Size, sizes
from llmd_tui.presets.strategies import Strategy, strategies, strategy
from screens.glyphs import State, Symbols
from screens.widgets.frame import STYLES, Pane, PaneTitle, Verdict
from screens.widgets.picker import Option
from screens.widgets.radio import Radio
from screens.wizard.base import WizardScreen

OS_SKU = "pool.osSku"


class Comparison(Container):
    """The strategies side by side, a row for each consequence; the chosen one alone where it is narrow."""

    def __init__(self, symbols: Symbols) -> None:
        labels = list(dict.fromkeys(label for each in strategies() for label in consequences(each)))
        self._symbols = symbols
        self._cells = {
            (label, each.name): Static(markup=False, classes="cell")
            for label in ("", "in short", *labels, "offered here")
            for each in strategies()
        }
        cells: list[Widget] = []
        for (label, name), cell in self._cells.items():
            if name == strategies()[0].name:
                cells.append(Static(label, markup=False, classes="quiet"))
            cells.append(cell)
        super().__init__(*cells, id="comparison")

    def show(self, reasons: Mapping[str, str], chosen: str) -> None:
        """`reasons`: why a strategy is not offered, empty where it is."""
        for (label, name), cell in self._cells.items():
            cell.set_class(name == chosen, "-chosen")
            cell.update(self._cell(strategy(name), label, reasons[name], chosen=name == chosen))

    def _cell(self, each: Strategy, label: str, reason: str, *, chosen: bool) -> Content:
        if not label:
            preview = ("  preview", STYLES["quiet"]) if each.preview else ""
            return Content.assemble((each.name, "bold" if chosen else ""), preview)
        if label == "offered here":
            state: State = "failed" if reason else "done"
            return Content.assemble((self._symbols.of(state), STYLES[state]), " ", self._symbols.text(reason or "yes"))
        text = each.summary if label == "in short" else consequences(each).get(label, "")
        return Content(self._symbols.text(text))


def consequences(each: Strategy) -> dict[str, str]:
    """What follows from a strategy, by what it is about."""
    parts = (consequence.partition(": ") for consequence in each.consequences)
    return {label: text for label, _, text in parts}


class DriversScreen(WizardScreen):
    STEP = "drivers"

    def __init__(self, session: Session, symbols: Symbols) -> None:
        super().__init__(session, symbols)
        self.strategies = Radio(symbols, wide=True, id="strategies")
        self.oses = Radio(symbols, wide=True, id="oses")
        self.title_line = PaneTitle("Driver strategy", symbols=symbols)
        self.means_title = PaneTitle("What it means", symbols=symbols)
        self.means = Comparison(symbols)
        os_title = PaneTitle("Node OS", symbols=symbols)
        os_title.note = "fixed when the pool is created"
        self._os_title = os_title
        self._shown_revision = -1

    def body(self) -> Iterable[Widget]:
        yield VerticalScroll(
            Pane(self.title_line, self.strategies),
            Pane(self.means_title, self.means),
            Pane(self._os_title, self.oses),
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
        self.strategies.options = tuple(
            Option(offer.strategy.name, offer.strategy.name, offer.fit.note, offer.fit.reason) for offer in offers
        )
        chosen = self.strategy
        systems = os_offers(chosen, size)
        if self.oses.chosen not in {offer.os.name for offer in systems}:
            self.oses.chosen = usual_os(chosen, size)
        self.oses.options = tuple(
            Option(offer.os.name, offer.os.title, offer.os.note, offer.fit.reason) for offer in systems
        )
        self.title_line.note = f"for {self.session.nodes} × {short(size)}"
        self.means.show({offer.strategy.name: offer.fit.reason for offer in offers}, chosen.name)

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
        if not self.fit.fits:
            return Verdict("blocked", f"{self.fit.reason}.")
        title = node_oses()[self.oses.chosen].title
        sentence = f"{self.strategy.name} fits {short(self.gpu_size)} with {title}."
        return Verdict("done", sentence, "It is fixed when the pool is created.", "enter continue")

    # What is done

    def take(self) -> str:
        if not self.fit.fits:
            return f"{self.fit.reason}."
        self.draft.choose("drivers", self.strategy.name)
        self.draft.set(OS_SKU, self.oses.chosen)
        return ""

    def on_radio_changed(self, message: Radio.Changed) -> None:
        self.changed_mind()
        if message.radio is self.strategies and not self.draft.said(OS_SKU):
            self.oses.chosen = usual_os(self.strategy, self.gpu_size)
        self.show()
