"""Where it goes: a new cluster in Azure, an AKS cluster that is there, or any cluster of the kubeconfig."""

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.draft.draft import SUBSCRIPTION, Target
from llmd_tui.draft.kubernetes import Nodes
from llmd_tui.draft.reading import Reading
from llmd_tui.draft.regions import notes
from llmd_tui.draft.session import CLUSTER, CONTEXT, GROUP, REGION, Session
from llmd_tui.presets.sizes import system_sizes
from screens.glyphs import Role, Symbols
from screens.widgets.fields import ChoiceField, Field, TextField
from screens.widgets.frame import Pane, PaneTitle, Verdict, rows
from screens.widgets.picker import Option
from screens.widgets.radio import Radio
from screens.widgets.table import Table
from screens.wizard.base import WizardScreen
from screens.wizard.places import Places
from screens.wizard.target_verdict import target_verdict

NAMES: dict[Target, str] = {
    "new": "New AKS cluster",
    "existing": "Existing AKS cluster",
    "kubeconfig": "Any kubeconfig context",
}


class TargetScreen(WizardScreen):
    STEP = "target"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("r", "again", "read again", id="target.again")]

    def __init__(self, session: Session, symbols: Symbols) -> None:
        super().__init__(session, symbols)
        self.where = Radio(symbols, id="where")
        self.subscription = ChoiceField(SUBSCRIPTION, "Subscription", symbols)
        sizes = [
            Option(size.name, f"{size.name.removeprefix('Standard_')}, {size.vcpus} vCPU") for size in system_sizes()
        ]
        self._for: dict[Target, tuple[TextField | ChoiceField, ...]] = {
            "new": (
                TextField(GROUP, "Resource group", symbols),
                TextField(CLUSTER, "Cluster name", symbols),
                TextField(REGION, "Region", symbols),
                TextField("target.azure.kubernetesVersion", "Kubernetes", symbols),
                ChoiceField("target.azure.systemPool.size", "System pool", symbols, sizes),
                TextField("target.azure.systemPool.nodes", "System nodes", symbols),
            ),
            "existing": (),
            "kubeconfig": (TextField("target.kubeconfig.file", "Kubeconfig", symbols),),
        }
        self.places = Places(session, symbols)
        self.places_title = PaneTitle("Regions", symbols=symbols)
        self.detail_title = PaneTitle("Room", symbols=symbols)
        self.detail = Static(markup=False, id="detail")

    def body(self) -> Iterable[Widget]:
        fields = [field for each in self._for.values() for field in each]
        form = VerticalScroll(self.where, self.subscription, *fields, classes="form", can_focus=False)
        yield Vertical(Pane(PaneTitle("Where", symbols=self.symbols), form, classes="fill"), classes="column left")
        yield Vertical(
            Pane(self.places_title, self.places, classes="fill"),
            Pane(self.detail_title, self.detail, id="detail-pane"),
            classes="column right",
        )

    def on_mount(self) -> None:
        self.places.current.focus()
        self._read()

    # What is shown

    def redraw(self) -> None:
        target = self.draft.target
        self.where.options = tuple(Option(key, name, self._count(key)) for key, name in NAMES.items())
        self.where.chosen = target
        for kind, fields in self._for.items():
            for field in fields:
                field.display = kind == target
        self.subscription.display = target != "kubeconfig"
        known = self.session.azure.subscriptions.value or ()
        self.subscription.options = tuple(Option(each.id, each.name, each.id) for each in known)
        self.subscription.put(self.draft.text(SUBSCRIPTION))
        azure = () if target == "kubeconfig" else (self.subscription,)
        self.fields = (*azure, *self._for[target])
        self.places.show()
        self.tick()

    def tick(self) -> None:
        self.places_title.name_, self.places_title.note = self.places.name_and_note()
        self.places_title.right = self.places.age()
        self._show_detail()

    def _count(self, target: Target) -> str:
        azure, kube = self.session.azure, self.session.kube
        found = azure.clusters.value if target == "existing" else None
        if target == "kubeconfig" and kube.contexts.value:
            found = kube.contexts.value.names
        return "" if found is None else f"{len(found)} found"

    def _show_detail(self) -> None:
        place = self.places.current.cursor_key or ""
        reading, lines = self._detail(place)
        self.detail_title.name_ = place or "Room"
        self.detail_title.right = self.places.words(reading)
        if reading.state == "failed":
            lines[:] = [(f"✗ {reading.error}", "failed"), (reading.remedy, "quiet")]
        self.detail.update(rows(lines, self.symbols))
        pane = self.query_one("#detail-pane")
        pane.set_class(not lines, "-empty")
        pane.set_class(reading.state == "failed", "-failed")

    def _detail(self, place: str) -> tuple[Reading[Any], list[tuple[str, Role]]]:
        """What is known about the row under the cursor, and in lines."""
        azure, kube = self.session.azure, self.session.kube
        lines: list[tuple[str, Role]] = []
        if self.draft.target == "kubeconfig":
            reading = kube.nodes(place) if place else kube.contexts
            return reading, self._nodes_lines(kube.nodes(place).value)
        if azure.login.state == "failed":
            return azure.login, lines
        reading = azure.capacity(place)
        if self.draft.target == "new":
            for good, text in notes(reading.value or {}):
                lines.append((f"{'✓' if good else '–'} {text}", "text" if good else "quiet"))
        return reading, lines

    def _nodes_lines(self, found: Nodes | None) -> list[tuple[str, Role]]:
        if found is None:
            return []
        lines: list[tuple[str, Role]] = [(f"Kubernetes {found.kubernetes}, {found.total} nodes", "text")]
        if not found.gpu:
            lines.append(("– no node with a GPU size that is known here", "quiet"))
        return [*lines, *((f"✓ {count} × {name}", "text") for name, count in found.gpu.items())]

    def verdict(self) -> Verdict:
        return target_verdict(self.session, self.places.current.cursor_key or "")

    # What is done

    def take(self) -> str:
        draft = self.draft
        if not self.places.chosen:
            self.places.choose()
        if draft.target == "kubeconfig":
            draft.take(CONTEXT)
            reading = self.session.kube.nodes(draft.value(CONTEXT).text)
            return reading.error if draft.said(CONTEXT) else self.session.kube.contexts.error or "Choose a context."
        if self.session.azure.login.state == "failed" and not draft.said(SUBSCRIPTION):
            return self.session.azure.login.error
        draft.take(SUBSCRIPTION, GROUP, CLUSTER, REGION)
        if draft.target == "existing" and not draft.answers.get(CLUSTER):
            return "Choose the cluster that gets the GPU pool."
        return "" if self.session.region else "Choose a region."

    def hint(self, path: str) -> tuple[str, bool]:
        if path == "target.kubeconfig.file":
            return "none: KUBECONFIG, else ~/.kube/config", False
        if path == GROUP:
            return "created if it is missing", False
        if path == "target.azure.systemPool.size":
            return f"{self.session.system_vcpus} vCPU of the region", False
        return super().hint(path)

    def waits_for(self, path: str) -> bool:
        return path in (SUBSCRIPTION, REGION)

    def on_radio_changed(self, message: Radio.Changed) -> None:
        self.changed_mind()
        self.draft.aim(cast(Target, message.key))
        self._read()
        self.show()

    def on_table_highlighted(self, message: Table.Highlighted) -> None:
        if message.moved:
            self.changed_mind()
            self.places.choose()
        self._read_place()
        self.show()

    def committed(self, field: Field) -> None:
        self._read_place()

    def action_again(self) -> None:
        self.changed_mind()
        self._read(anew=True)

    @work(group="account", exclusive=True)
    async def _read(self, anew: bool = False) -> None:
        session = self.session
        if self.draft.target == "kubeconfig":
            await session.read_contexts()
            await session.read_nodes()
        elif anew or session.azure.login.state in ("unread", "failed") or self._other_subscription():
            await session.read_account()
        if session.kube.contexts.state == "unread":
            await session.read_contexts()

    def _other_subscription(self) -> bool:
        said = self.draft.answers.get(SUBSCRIPTION)
        return bool(said) and said not in (
            self.session.azure.subscription,
            self.session.azure.subscription_name(self.session.azure.subscription),
        )

    @work(group="place", exclusive=True)
    async def _read_place(self) -> None:
        if self.draft.target == "kubeconfig":
            await self.session.read_nodes(self.places.current.cursor_key or "")
        elif self._other_subscription():
            await self.session.read_account()
        elif (region := self.places.current.cursor_key) and self.session.azure.capacity(region).state == "unread":
            await self.session.read_region(region)
