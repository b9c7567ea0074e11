"""Node feature discovery: workers report what is in their nodes, the master makes labels of it."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from llmd_tui.objects import Object, annotations, labels, name
from llmd_tui.simulator.actors.controller import Controller, Key
from llmd_tui.simulator.actors.hardware import hardware
from llmd_tui.simulator.actors.meta import controller_of, mapping, rows
from llmd_tui.simulator.actors.nfd_features import (
    PREFIX,
    built_in_labels,
    features,
    gpu_labels,
    rule_labels,
    whitelist,
)
from llmd_tui.simulator.actors.operator import Operator
from llmd_tui.simulator.actors.pods import has_container, node_of
from llmd_tui.simulator.actors.world import World

_NFD = "app.kubernetes.io/name"
_ANNOTATION = "nfd.node.kubernetes.io/feature-labels"
_AKS_DRIVER = "580.159.04"


class NfdWorkers(Controller):
    """One NodeFeature for each node with a worker, and GPU feature discovery's labels in it once they are there."""

    kinds = ("Pod",)

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        worker = labels(obj).get(_NFD) == "node-feature-discovery" and has_container(obj, "worker")
        if node_of(obj) and (worker or has_container(obj, "gpu-feature-discovery")):
            yield ("", node_of(obj))

    async def reconcile(self, key: Key) -> None:
        node = self.view.get("Node", key[1])
        worker = self.program(key, key[1], "worker")
        if node is None or worker is None:
            return
        parts = hardware(node)
        found = self.view.get("NodeFeature", key[1], worker["metadata"]["namespace"])
        if found is None:
            prefix = controller_of(worker).get("name", "")
            config = self.view.get("ConfigMap", f"{prefix}-conf", worker["metadata"]["namespace"])
            given = built_in_labels(node, parts, whitelist(config))
            await self.world.create(_node_feature(worker, node, {"labels": given, "features": features(node, parts)}))
        if self.program(key, key[1], "gpu-feature-discovery"):
            found = self.view.get("NodeFeature", key[1], worker["metadata"]["namespace"])
            if found and "nvidia.com/gpu.count" not in mapping(found, "spec", "labels"):
                more = gpu_labels(node, parts, self._driver(), int(self.world.clock.time()))
                await self.world.patch(found, {"spec": {"labels": more}})

    def _driver(self) -> str:
        policies = self.view.all("ClusterPolicy")
        driver = mapping(policies[0], "spec", "driver") if policies else {}
        return str(driver.get("version") or "580.126.20") if driver.get("enabled", True) and policies else _AKS_DRIVER


class NfdMaster(Operator):
    """Labels all nodes a moment after the last report, and again when the rules change."""

    kinds = ("NodeFeature", "NodeFeatureRule", "Pod", "Node")
    selector: ClassVar[Mapping[str, str]] = {_NFD: "node-feature-discovery", "role": "master"}
    container = "master"

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._seen_version = ""
        self._label_at = 0.0

    async def operate(self) -> None:
        reports = self.view.all("NodeFeature")
        rules = self.view.all("NodeFeatureRule")
        version = ",".join(sorted(obj["metadata"]["resourceVersion"] for obj in (*reports, *rules)))
        now = self.world.clock.time()
        if version != self._seen_version:
            self._seen_version, self._label_at = version, now + self.world.seconds("nfd-label")
        if now < self._label_at:
            self.look_again(self._label_at - now)
            return
        for report in reports:
            node = self.view.get("Node", labels(report).get("nfd.node.kubernetes.io/node-name", name(report)))
            if node is None:
                await self.world.delete(report)
            else:
                wanted = mapping(report, "spec", "labels")
                for rule in rules:
                    wanted |= rule_labels(rule, report)
                await self._label(node, wanted)

    async def _label(self, node: Object, wanted: Mapping[str, str]) -> None:
        """All labels of a node in one write; those that nothing gives any more go."""
        listed = annotations(node).get(_ANNOTATION, "")
        before = {key if "/" in key else PREFIX + key for key in listed.split(",") if key}
        said = ",".join(sorted(key.removeprefix(PREFIX) for key in wanted))
        changed: dict[str, str | None] = dict.fromkeys(before - wanted.keys())
        changed |= {key: value for key, value in wanted.items() if labels(node).get(key) != value}
        if changed or listed != said:
            await self.world.patch(node, {"metadata": {"labels": changed, "annotations": {_ANNOTATION: said}}})


def _node_feature(worker: Object, node: Object, spec: Mapping[str, Any]) -> Object:
    pod = {"apiVersion": "v1", "kind": "Pod", "name": name(worker), "uid": worker["metadata"]["uid"]}
    return {
        "apiVersion": "nfd.k8s-sigs.io/v1alpha1",
        "kind": "NodeFeature",
        "metadata": {
            "name": name(node),
            "namespace": worker["metadata"]["namespace"],
            "labels": {"nfd.node.kubernetes.io/node-name": name(node)},
            "annotations": {"nfd.node.kubernetes.io/worker.version": "v0.18.3"},
            "ownerReferences": [*rows(worker, "metadata", "ownerReferences"), pod],
        },
        "spec": dict(spec),
    }
