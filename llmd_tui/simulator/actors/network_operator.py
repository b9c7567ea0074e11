"""The network operator: NicClusterPolicy to DaemonSets, node labels that say when OFED is loaded, and a status."""

from collections.abc import Mapping
from typing import Any, ClassVar

from llmd_tui.objects import Object, labels, name
from llmd_tui.simulator.actors.meta import controlled_by, mapping, rows, terminating
from llmd_tui.simulator.actors.network_operands import (
    NAMESPACE,
    PRESENT,
    STATE,
    STATES,
    WAIT,
    kernel_of,
    mofed,
    others,
    tolerations_of,
)
from llmd_tui.simulator.actors.operands import ensure, settled
from llmd_tui.simulator.actors.operator import Operator
from llmd_tui.simulator.actors.placement import matches_terms, untolerated
from llmd_tui.simulator.actors.pods import node_of, ready

_NIC_WAIT = "network.nvidia.com/operator.nic-configuration.wait"
_UPGRADE = "nvidia.com/ofed-driver-upgrade-state"
_NAME = "nic-cluster-policy"
_REVISION = "nvidia.network-operator.revision"


class NetworkOperator(Operator):
    kinds = ("NicClusterPolicy", "Node", "Pod", "DaemonSet")
    selector: ClassVar[Mapping[str, str]] = {"app.kubernetes.io/name": "network-operator"}
    container = "network-operator"

    async def operate(self) -> None:
        nodes = [node for node in self.view.all("Node") if labels(node).get(PRESENT) == "true"]
        for policy in self.view.all("NicClusterPolicy"):
            if name(policy) != _NAME:
                only = f"Only instance with name {_NAME} is supported"
                reason = f"Unsupported NicClusterPolicy instance {name(policy)}. {only}"
                await self.world.status(policy, {"state": "ignore", "reason": reason})
        policy = self.view.get("NicClusterPolicy", _NAME)
        # It says that nobody needs to wait as soon as it knows a node, whether or not there is a policy.
        for node in nodes:
            if WAIT not in labels(node):
                loading = policy is not None and self._pod_on(node) is not None
                await self.world.label(node, {WAIT: str(loading).lower()})
                await self.world.label(node, {_NIC_WAIT: "false"})
        if policy is not None and not terminating(policy):
            await self._roll_out(policy, nodes)

    async def _roll_out(self, policy: Object, nodes: list[Object]) -> None:
        if await self._make(policy, nodes):
            # What depends on the pods is for the next look, so that their controllers get to them first.
            if mapping(policy, "spec", "ofedDriver", "upgradePolicy").get("autoUpgrade"):
                for node in nodes:
                    await self.world.label(node, {_UPGRADE: "upgrade-done"})
            await self.world.clock.sleep(self.world.seconds("network-operator"))
        await self._status(policy)
        for node in nodes:
            pod = self._pod_on(node)
            if pod is not None and (not ready(pod) or self._counted(pod)):
                await self.world.label(node, {WAIT: str(not ready(pod)).lower()})

    async def _make(self, policy: Object, nodes: list[Object]) -> bool:
        """Makes the DaemonSets that are missing and removes those that nothing asks for any more."""
        wanted = list(others(policy))
        if mapping(policy, "spec", "ofedDriver"):
            kernels = dict.fromkeys(kernel_of(node) for node in nodes if _takes(policy, node))
            wanted = [*(mofed(policy, kernel) for kernel in kernels), *wanted]
        made = [await ensure(self.world, daemon, _REVISION) for daemon in wanted]
        names = {name(daemon) for daemon in wanted}
        for daemon in self._daemons(policy):
            if name(daemon) not in names and not terminating(daemon):
                await self.world.delete(daemon)
        return any(made)

    def _daemons(self, policy: Object) -> list[Object]:
        return [daemon for daemon in self.view.all("DaemonSet", NAMESPACE) if controlled_by(daemon, policy)]

    def _pod_on(self, node: Object) -> Object | None:
        """The OFED driver's pod on that node."""
        pods = self.view.all("Pod", NAMESPACE, {"nvidia.com/ofed-driver": ""})
        return next((pod for pod in pods if node_of(pod) == name(node) and not terminating(pod)), None)

    def _counted(self, pod: Object) -> bool:
        """Whether the DaemonSet's status has caught up with its pods: the policy's status goes by that."""
        daemon = self.view.get("DaemonSet", pod["metadata"]["ownerReferences"][0]["name"], NAMESPACE)
        pods = self.view.all("Pod", NAMESPACE, {"app": labels(pod)["app"]})
        return daemon is not None and mapping(daemon, "status").get("numberReady") == sum(ready(p) for p in pods)

    async def _status(self, policy: Object) -> None:
        daemons: dict[str, list[Object]] = {}
        for daemon in self._daemons(policy):
            daemons.setdefault(labels(daemon).get(STATE, ""), []).append(daemon)
        states: list[dict[str, Any]] = []
        for state, key in STATES.items():
            if not key or not mapping(policy, "spec", key):
                word = "ignore"
            else:
                there = daemons.get(state, [])
                word = "ready" if there and all(settled(daemon) for daemon in there) else "notReady"
            states.append({"name": state, "state": word})
        whole = "notReady" if any(state["state"] == "notReady" for state in states) else "ready"
        await self.world.status(policy, {"state": whole, "appliedStates": states})


def _takes(policy: Object, node: Object) -> bool:
    """Whether the policy's pods may run there. Taints that it does not tolerate take the node out altogether."""
    required = mapping(policy, "spec", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    terms = rows(required, "nodeSelectorTerms")
    return (not terms or matches_terms(node, terms)) and not untolerated(node, tolerations_of(policy))
