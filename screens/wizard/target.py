"""Where it goes: a new cluster in Azure, an AKS cluster that is there, or any cluster of the kubeconfig."""

import asyncio
from collections.abc import Iterable
from typing import ClassVar, cast

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.azure.profile import profile_changed
from llmd_tui.draft.describe import region_text
from llmd_tui.draft.draft import SUBSCRIPTION, Target
from llmd_tui.draft.session import CLUSTER, CONTEXT, GROUP, REGION, Session
from llmd_tui.presets.sizes import system_sizes
from screens.glyphs import Symbols
from screens.messages import LogIn
from screens.widgets.chips import Chips
from screens.widgets.fields import ChoiceField, Field, TextField
from screens.widgets.frame import STYLES, Pane, PaneTitle, Verdict
from screens.widgets.picker import Option
from screens.widgets.radio import Radio
from screens.widgets.table import Table
from screens.widgets.viewer import Viewer
from screens.wizard.narrowing import NarrowingScreen
from screens.wizard.place import PlaceDetail
from screens.wizard.places import Places
from screens.wizard.rights import Rights
from screens.wizard.target_verdict import refused_context, target_verdict

NAMES: dict[Target, str] = {
    "new": "New AKS cluster",
    "existing": "Existing AKS cluster",
    "kubeconfig": "Any kubeconfig context",
}


SETTLE_SECONDS = 0.2


class TargetScreen(NarrowingScreen):
    STEP = "target"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "sort", "sort", id="target.sort"),
        Binding("d", "describe", "describe", id="target.describe"),
        Binding("r", "again", "read again", id="target.again"),
        Binding("i", "log_in", "log in", id="target.login"),
    ]

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
        self.chips = Chips(symbols)
        self.legend = Static(markup=False, id="legend")
        self.rights = Rights(session, symbols)
        self.places_title = PaneTitle("Regions", symbols=symbols)
        self.place = PlaceDetail(session, self.places, symbols)
        self._offered = False
        self._profile = 0.0

    def body(self) -> Iterable[Widget]:
        fields = [field for each in self._for.values() for field in each]
        where = Pane(PaneTitle("Where", symbols=self.symbols), self.where, self.subscription, *fields)
        yield VerticalScroll(where, self.rights, classes="column left", can_focus=False)
        yield Vertical(
            Pane(self.places_title, self.chips, self.places, self.legend, classes="fill"),
            self.place,
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
        known = self.session.azure.choosable
        self.subscription.options = tuple(
            Option(each.id, each.name, each.words or each.id, each.reason) for each in known
        )
        self.subscription.put(self.draft.text(SUBSCRIPTION))
        azure = () if target == "kubeconfig" else (self.subscription,)
        self.fields = (*azure, *self._for[target])
        self.places.filter = self.chips.name_filter
        self.places.show()
        legend = self.places.legend if self.places.current.rows else ""
        self.legend.update(Content.styled(self.symbols.text(legend), STYLES["quiet"]))
        self.places.tables["new"].mark("place", "" if self.places.by_room else "↓")
        self.rights.show()
        self.tick()
        if self.session.azure.nobody and target != "kubeconfig" and self.is_current and not self._offered:
            self._offered = True
            self.action_log_in()

    def tick(self) -> None:
        if self.session.azure.login.state == "failed" and profile_changed() > self._profile:
            self.changed_mind()
            self._read(anew=True)
        self.places_title.name_, self.places_title.note = self.places.name_and_note()
        self.places_title.right = self.places.age()
        self.place.show()

    def _count(self, target: Target) -> str:
        azure, kube = self.session.azure, self.session.kube
        found = azure.clusters.value if target == "existing" else None
        if target == "kubeconfig" and kube.contexts.value:
            found = kube.contexts.value.names
        return "" if found is None else f"{len(found)} found"

    def verdict(self) -> Verdict:
        return target_verdict(self.session, self.places.current.cursor_key or "", may=self.rights.allowed)

    @property
    def narrowed(self) -> Table:
        return self.places.current

    @property
    def chosen_paths(self) -> tuple[str, ...]:
        if self.places.current.has_focus and self.draft.target != "existing":
            return (CONTEXT if self.draft.target == "kubeconfig" else REGION,)
        return super().chosen_paths

    # What is done

    def take(self) -> str:
        draft = self.draft
        if not self.places.chosen:
            self.places.choose()
        if draft.target == "kubeconfig":
            if reason := refused_context(draft)[0]:
                return reason
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
            why = self.draft.value(path).why
            takes = f"{self.session.system_vcpus} vCPU"
            return (f"{why}; {takes}" if why else f"{takes} of the region"), False
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

    def action_log_in(self) -> None:
        """Again, another way, or as somebody else."""
        self.changed_mind()
        self.post_message(LogIn(self._logged_in, self.session.azure.tenants_beside))

    def _logged_in(self) -> None:
        """Another login's subscription is another one, unless a file says which."""
        if self.session.azure.login.state == "ready":
            self.draft.reset(SUBSCRIPTION)
        self._read(anew=True)

    def action_sort(self) -> None:
        self.places.by_room = not self.places.by_room
        self.show()

    def action_describe(self) -> None:
        place = self.places.current.cursor_key or ""
        capacities = self.session.capacity_in(place).value
        if capacities:
            self.app.push_screen(Viewer(place, region_text(capacities), self.symbols))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "log_in":
            return self.draft.target != "kubeconfig"
        if action == "sort":
            return self.draft.target == "new"
        if action == "describe":
            place = self.places.current.cursor_key or ""
            return self.draft.target == "new" and self.session.azure.region(place).value is not None
        return super().check_action(action, parameters)

    @work(group="account", exclusive=True)
    async def _read(self, anew: bool = False) -> None:
        session = self.session
        self._profile = profile_changed()
        if self.draft.target == "kubeconfig":
            await session.read_contexts()
            await session.read_nodes()
        # One that goes on is the one before, which was given up for this one.
        elif anew or session.azure.login.state != "ready" or self._other_subscription():
            await session.read_account()
        if session.kube.contexts.state == "unread":
            await session.read_contexts()
        self._read_regions(anew)

    @work(group="regions", exclusive=True)
    async def _read_regions(self, anew: bool = False) -> None:
        if self.draft.target == "new":
            await self.session.read_regions(fresh=anew)

    def _other_subscription(self) -> bool:
        said = self.draft.answers.get(SUBSCRIPTION)
        return bool(said) and said not in (
            self.session.azure.subscription,
            self.session.azure.subscription_name(self.session.azure.subscription),
        )

    @work(group="place", exclusive=True)
    async def _read_place(self) -> None:
        # Who runs over the rows asks for none of them.
        await asyncio.sleep(SETTLE_SECONDS)
        if self.draft.target == "kubeconfig":
            await self.session.read_nodes(self.places.current.cursor_key or "")
        elif self._other_subscription():
            await self.session.read_account()
        elif (region := self.places.current.cursor_key) and self.session.azure.region(region).state == "unread":
            await self.session.read_region(region)
