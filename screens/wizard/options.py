"""Everything else: namespace, gateway, monitoring, token, cache, mirror, disks; each with where its value came from."""

from collections.abc import Iterable

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from llmd_tui.config.fields import fields
from llmd_tui.config.secrets import missing
from llmd_tui.draft.draft import TOKEN
from llmd_tui.draft.session import Session
from llmd_tui.draft.steps import AZURE_ONLY
from llmd_tui.presets.releases import release
from screens.glyphs import Symbols
from screens.widgets.fields import ChoiceField, Field, NumberField, TextField
from screens.widgets.frame import STYLES, Pane, PaneTitle, Verdict
from screens.widgets.picker import Option
from screens.wizard.base import WizardScreen

_VERSIONS = release().components
YES_NO = (Option("yes", "yes"), Option("no", "no"))
CHOICES: dict[str, tuple[Option, ...]] = {
    "gateway.provider": (
        Option("istio", f"Istio {_VERSIONS['istio']}"),
        Option("agentgateway", f"agentgateway {_VERSIONS['agentgateway']}"),
        Option("standalone", "none (standalone)", "the endpoint picker's own proxy"),
    ),
    "gateway.expose": (
        Option("cluster", "inside the cluster", "a port-forward at the end"),
        Option("internal", "inside the virtual network", "an internal load balancer"),
        Option("public", "to everybody", "a public address, no login"),
    ),
    "monitoring.enabled": (Option("yes", "Prometheus and Grafana"), Option("no", "none", "no serving figures")),
    "pool.taint": YES_NO,
    "pool.spot": YES_NO,
    "target.azure.tier": tuple(Option(tier, tier) for tier in fields()["target.azure.tier"].choices),
    "lockedMemory": (
        Option("ipc-lock", "IPC_LOCK in the pods"),
        Option("containerd", "containerd's limit on the nodes"),
        Option("nri", "NRI and the ulimit adjuster"),
    ),
}
PANES: dict[str, tuple[tuple[str, str], ...]] = {
    "Cluster side": (
        ("namespace", "Namespace"),
        ("gateway.provider", "Gateway"),
        ("gateway.expose", "Exposure"),
        ("monitoring.enabled", "Monitoring"),
        ("target.azure.tier", "AKS tier"),
        ("target.azure.sshKeyFile", "SSH key file"),
    ),
    "Registries": (
        ("release", "llm-d release"),
        ("mirror.charts", "Chart mirror"),
        ("mirror.manifests", "Manifest mirror"),
    ),
    "Model side": (
        (TOKEN, "HF token"),
        ("cache.storageClass", "Cache volume"),
        ("cache.sizeGiB", "Cache size, GiB"),
    ),
    "GPU pool": (
        ("lockedMemory", "Locked memory"),
        ("pool.osDiskGiB", "OS disk, GiB"),
        ("pool.name", "Pool name"),
        ("pool.zone", "Zone"),
        ("pool.maxNodes", "Autoscale up to"),
        ("pool.minNodes", "Autoscale down to"),
        ("pool.spot", "Spot nodes"),
        ("pool.spotMaxPrice", "Spot price, USD/h"),
        ("pool.taint", "Taint sku=gpu"),
        ("pool.taints", "Further taints"),
        ("pool.labels", "Further labels"),
    ),
}
LEFT = ("Cluster side", "Registries")
NUMBERS = ("pool.osDiskGiB", "cache.sizeGiB", "pool.maxNodes", "pool.minNodes")
HINTS = {
    TOKEN: "env:NAME, file:PATH or keyring:NAME",
    "cache.storageClass": "a storage class that many nodes mount",
    "cache.sizeGiB": "where there is a cache volume",
    "mirror.charts": "charts from their own registries else",
    "mirror.manifests": "CRDs from their own publishers else",
    "namespace": "labelled as ours",
    "pool.zone": "where Azure has room",
    "pool.maxNodes": "no autoscaler; 4 lets AKS add nodes up to 4",
    "pool.spotMaxPrice": "up to the list price",
    "pool.taints": "key=value:NoSchedule, by commas",
    "pool.labels": "key=value, by commas",
    "target.azure.sshKeyFile": "no SSH access to the nodes then",
}
SOURCES = {
    "you": "typed here",
    "file": "answers file",
    "az login": "found",
    "preset": "shipped default",
    "pin": "tested version",
}
ONLY_WITH = {"pool.minNodes": "pool.maxNodes", "pool.spotMaxPrice": "pool.spot"}
NEW_ONLY = ("target.azure.tier", "target.azure.sshKeyFile")


class OptionsScreen(WizardScreen):
    STEP = "options"

    def __init__(self, session: Session, symbols: Symbols) -> None:
        super().__init__(session, symbols)
        self._panes = {name: [self._field(*each) for each in fields] for name, fields in PANES.items()}

    def _field(self, path: str, label: str) -> Field:
        if path in CHOICES:
            return ChoiceField(path, label, self.symbols, CHOICES[path])
        kind = NumberField if path in NUMBERS else TextField
        return kind(path, label, self.symbols, "none")

    def body(self) -> Iterable[Widget]:
        panes = {name: Pane(PaneTitle(name, symbols=self.symbols), *fields) for name, fields in self._panes.items()}
        left = [pane for name, pane in panes.items() if name in LEFT]
        right = [pane for name, pane in panes.items() if name not in LEFT]
        legend = Static(self._legend(), markup=False)
        left.append(Pane(PaneTitle("Where a value came from", symbols=self.symbols), legend, id="legend-pane"))
        yield VerticalScroll(*left, classes="column left", can_focus=False)
        yield VerticalScroll(*right, classes="column right", can_focus=False)

    def _legend(self) -> Content:
        words = [Content.assemble(source, (f" {meaning}", STYLES["quiet"])) for source, meaning in SOURCES.items()]
        lines = (Content("   ").join(some) for some in (words[:3], words[3:]))
        back = Content.assemble(("ctrl+r", "bold"), (" brings the preset back", STYLES["quiet"]))
        return Content("\n").join([*lines, back])

    def on_mount(self) -> None:
        self._panes["Cluster side"][0].control().focus()

    def redraw(self) -> None:
        hidden = {"new": (), "existing": NEW_ONLY, "kubeconfig": (*AZURE_ONLY, *NEW_ONLY)}[self.draft.target]
        known = [field for fields in self._panes.values() for field in fields]
        for field in known:
            field.display = field.path not in hidden and self._concerns(field.path)
        self.fields = tuple(field for field in known if field.display)

    def _concerns(self, path: str) -> bool:
        """What is asked about something that is not wanted stays away, unless it was said."""
        owner = ONLY_WITH.get(path)
        return owner is None or bool(self.draft.value(owner).value) or self.draft.changed(path)

    def hint(self, path: str) -> tuple[str, bool]:
        if path == TOKEN and self.draft.said(TOKEN):
            reference = self.draft.value(TOKEN).text
            if reference.startswith("secret:"):
                return "a Secret of the cluster; looked for when the run begins", False
            return ("set", True) if not missing(reference) else ("", False)
        text, good = super().hint(path)
        return text or HINTS.get(path, ""), good

    def verdict(self) -> Verdict:
        said = sum(self.draft.said(field.path) for field in self.fields)
        own = f"{said} of {len(self.fields)} said, the others are presets." if said else "All of them are presets."
        return Verdict("done", "The options are complete.", own, "enter continue")
