"""The GPU operator: labels GPU nodes, makes its operands, judges them - at first too early, as the real one does."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from llmd_tui.objects import Object, annotations, labels, name, status
from llmd_tui.simulator.actors.gpu_operands import NAMESPACE, enabled, operands, runtime_class
from llmd_tui.simulator.actors.meta import controlled_by, mapping, owner_reference, terminating, with_condition
from llmd_tui.simulator.actors.operands import ensure
from llmd_tui.simulator.actors.operator import Operator
from llmd_tui.simulator.actors.pods import node_of
from llmd_tui.simulator.actors.world import World

_PCI = tuple(f"feature.node.kubernetes.io/pci-{kind}10de.present" for kind in ("", "0302_", "0300_"))
_OS = "feature.node.kubernetes.io/system-os_release"
_PRESENT = "nvidia.com/gpu.present"
_DEPLOY = "nvidia.com/gpu.deploy"
_UPGRADE_ENABLED = "nvidia.com/gpu-driver-upgrade-enabled"
_UPGRADE_STATE = "nvidia.com/gpu-driver-upgrade-state"
_COMPONENTS = (
    "container-toolkit",
    "dcgm",
    "dcgm-exporter",
    "device-plugin",
    "driver",
    "gpu-feature-discovery",
    "node-status-exporter",
    "operator-validator",
)
_GOOD = "ClusterPolicy is ready as all resources have been successfully reconciled"


class GpuOperator(Operator):
    kinds = ("ClusterPolicy", "Node", "Pod", "DaemonSet")
    selector: ClassVar[Mapping[str, str]] = {"app": "gpu-operator"}
    container = "gpu-operator"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._first_look: float | None = None

    async def operate(self) -> None:
        policy = self.view.get("ClusterPolicy", "cluster-policy")
        if policy is None or terminating(policy):
            return
        if self._first_look is None:
            self._first_look = self.world.clock.time()
        nodes = self.view.all("Node")
        found = [node for node in nodes if any(labels(node).get(key) == "true" for key in _PCI)]
        await self._label(policy, nodes, found)
        if not found:
            feature = any(key.startswith("feature.node.kubernetes.io/") for node in nodes for key in labels(node))
            reason = "NoGPUNodes" if feature else "NFDLabelsMissing"
            await self._conditions(policy, "ready", True, reason, "No GPU node found", "")
            return
        os = labels(found[0])
        if f"{_OS}.ID" not in os:
            text = f"failed to retrieve GPU node OS info: unable to retrieve OS name from label {_OS}.ID"
            await self._conditions(policy, status(policy).get("state", "notReady"), False, "Error", "", text)
            return
        await self._judge(policy, await self._make(policy, os[f"{_OS}.ID"] + os.get(f"{_OS}.VERSION_ID", "")))
        await self._upgrades(policy, found)

    async def _label(self, policy: Object, nodes: Sequence[Object], found: Sequence[Object]) -> None:
        """All nodes in one pass; the annotation, and what depends on GFD, in writes of their own."""
        wanted = {_PRESENT: "true"} | {f"{_DEPLOY}.{component}": "true" for component in _COMPONENTS}
        for node in nodes:
            have = labels(node)
            if node in found:
                kept = {key: value for key, value in wanted.items() if have.get(key) in (None, "")}
                if kept:
                    await self.world.label(node, kept)
            elif have.get(_PRESENT) == "true":
                gone: dict[str, str | None] = {key: None for key in have if key.startswith(f"{_DEPLOY}.")}
                await self.world.label(node, gone | {_PRESENT: "false"})
        auto = mapping(policy, "spec", "driver", "upgradePolicy").get("autoUpgrade") is not False
        for node in found:
            if auto and enabled(policy, "driver") and _UPGRADE_ENABLED not in annotations(node):
                await self.world.patch(node, {"metadata": {"annotations": {_UPGRADE_ENABLED: "true"}}})
            if labels(node).get("nvidia.com/mig.capable") == "true":
                await self.world.label(node, {f"{_DEPLOY}.mig-manager": "true"})

    async def _make(self, policy: Object, os: str) -> list[str]:
        """Brings the operands in order and judges each at once. The states that are not ready.

        A DaemonSet that was made just now wants no pod yet, and wanting none counts as ready.
        """
        await self._runtime_classes(policy)
        wanted = operands(policy, os)
        missing: list[str] = []
        for state, daemon in wanted.items():
            made = await ensure(self.world, daemon, "nvidia.com/last-applied-hash")
            there = made or self.view.get("DaemonSet", name(daemon), NAMESPACE)
            if there is not None and not _ready(there):
                missing.append(state)
        names = {name(daemon) for daemon in wanted.values()}
        for daemon in self.view.all("DaemonSet", NAMESPACE):
            if controlled_by(daemon, policy) and name(daemon) not in names and not terminating(daemon):
                await self.world.delete(daemon)
        return missing

    async def _runtime_classes(self, policy: Object) -> None:
        used = runtime_class(policy)
        names = (used, "nvidia-cdi", "nvidia-legacy") if used == "nvidia" else (used,)
        for handler in names:
            if self.view.get("RuntimeClass", handler) is None:
                metadata = {"name": handler, "ownerReferences": [owner_reference(policy)]}
                made = {
                    "apiVersion": "node.k8s.io/v1",
                    "kind": "RuntimeClass",
                    "metadata": metadata,
                    "handler": handler,
                }
                await self.world.create(made)

    async def _judge(self, policy: Object, missing: Sequence[str]) -> None:
        if missing:
            text = f"ClusterPolicy is not ready, states not ready: [{' '.join(missing)}]"
            await self._conditions(policy, "notReady", False, "Error", "", text, "OperandNotReady")
        else:
            await self._conditions(policy, "ready", True, "Reconciled", _GOOD, "")
            self.look_again(self.world.seconds("gpu-operator"))

    async def _conditions(
        self,
        policy: Object,
        state: str,
        good: bool,
        reason: str,
        message: str,
        error: str,
        cause: str = "ReconcileFailed",
    ) -> None:
        """Two writes, `state` first: a watcher sees them disagree for a moment."""
        now = self.world.now()
        current = await self.world.status(policy, {"namespace": NAMESPACE, "state": state}) or policy
        conditions: Sequence[Mapping[str, Any]] = status(current).get("conditions") or ()
        conditions = with_condition(conditions, now, "Ready", good, reason, message)
        conditions = with_condition(conditions, now, "Error", not good, "Ready" if good else cause, error)
        await self.world.status(current, {"conditions": conditions})

    async def _upgrades(self, policy: Object, nodes: Sequence[Object]) -> None:
        """The upgrade controller looks every two minutes and finds the pods current, whatever they do."""
        if not enabled(policy, "driver") or self._first_look is None:
            return
        due = self._first_look + self.world.seconds("driver-upgrade") - self.world.clock.time()
        waiting = [
            node for node in nodes if _UPGRADE_STATE not in labels(node) and _UPGRADE_ENABLED in annotations(node)
        ]
        if waiting and due > 0:
            self.look_again(due)
            return
        pods = self.view.all("Pod", NAMESPACE, {"app": "nvidia-driver-daemonset"})
        for node in waiting:
            if any(node_of(pod) == name(node) for pod in pods):
                await self.world.label(node, {_UPGRADE_STATE: "upgrade-done"})
                text = "Successfully updated node state label to upgrade-done"
                self.world.events.event(node, "GPUDriverUpgrade", text, component="nvidia-gpu-operator")


def _ready(daemon: Object) -> bool:
    wanted = status(daemon).get("desiredNumberScheduled", 0)
    return wanted == 0 or status(daemon).get("numberAvailable", 0) == wanted
