"""The StatefulSet controller: pods by ordinal, each with its own name and volumes."""

from collections.abc import Iterable, Mapping
from typing import Any

from llmd_tui.objects import Object, labels, name
from llmd_tui.simulator.actors.controller import Controller, Key, key_of
from llmd_tui.simulator.actors.meta import controller_of, mapping, rows, template_hash, terminating
from llmd_tui.simulator.actors.pods import owned, phase, pod_from, ready

_HASH = "controller-revision-hash"


class StatefulSets(Controller):
    """One after the other, or all at once with podManagementPolicy Parallel; a rolling update starts at the end."""

    kinds = ("StatefulSet", "Pod")

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if kind == "StatefulSet":
            yield key_of(obj)
        elif controller_of(obj).get("kind") == "StatefulSet":
            yield (obj["metadata"]["namespace"], controller_of(obj)["name"])

    async def reconcile(self, key: Key) -> None:
        stateful = self.view.get("StatefulSet", key[1], key[0])
        if stateful is None or terminating(stateful):
            return
        spec = stateful["spec"]
        revision = f"{name(stateful)}-{template_hash(spec['template'])}"
        first = int(mapping(spec, "ordinals").get("start", 0))
        wanted = [f"{name(stateful)}-{first + i}" for i in range(int(spec.get("replicas", 1)))]
        pods = {name(pod): pod for pod in owned(self.world, stateful)}
        parallel = spec.get("podManagementPolicy") == "Parallel"
        for ordinal, pod_name in enumerate(wanted):
            pod = pods.get(pod_name)
            if pod is None and (created := await self._create(stateful, pod_name, revision, first + ordinal)):
                pods[pod_name] = pod = created
            if not parallel and not (pod and ready(pod)):
                break
        for pod_name in sorted(pods.keys() - set(wanted), key=_ordinal, reverse=True):
            await self._delete(stateful, pods[pod_name])
        await self._roll(stateful, [pods[n] for n in wanted if n in pods], revision)
        await self._status(stateful, [pods[n] for n in wanted if n in pods], revision)

    async def _create(self, stateful: Object, pod_name: str, revision: str, ordinal: int) -> Object | None:
        extra = {
            _HASH: revision,
            "statefulset.kubernetes.io/pod-name": pod_name,
            "apps.kubernetes.io/pod-index": str(ordinal),
        }
        pod = pod_from(stateful["spec"]["template"], stateful, name=pod_name, extra_labels=extra)
        pod["spec"] |= {"hostname": pod_name, "subdomain": stateful["spec"].get("serviceName", "")}
        for claim in rows(stateful, "spec", "volumeClaimTemplates"):
            await self._claim(stateful, pod, claim)
        created = await self.world.create(pod)
        if created:
            text = f"create Pod {pod_name} in StatefulSet {name(stateful)} successful"
            self._event(stateful, "SuccessfulCreate", text)
        return created

    async def _claim(self, stateful: Object, pod: Object, template: Mapping[str, Any]) -> None:
        claim_name = f"{template['metadata']['name']}-{name(pod)}"
        await self.world.create(
            {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {
                    "name": claim_name,
                    "namespace": stateful["metadata"]["namespace"],
                    "labels": mapping(stateful, "spec", "selector", "matchLabels"),
                },
                "spec": template["spec"],
            }
        )
        volume = {"name": template["metadata"]["name"], "persistentVolumeClaim": {"claimName": claim_name}}
        pod["spec"]["volumes"] = [*rows(pod, "spec", "volumes"), volume]

    async def _delete(self, stateful: Object, pod: Object) -> None:
        if not terminating(pod) and await self.world.delete(pod):
            text = f"delete Pod {name(pod)} in StatefulSet {name(stateful)} successful"
            self._event(stateful, "SuccessfulDelete", text)

    def _event(self, stateful: Object, reason: str, message: str) -> None:
        self.world.events.event(stateful, reason, message, component="statefulset-controller")

    async def _roll(self, stateful: Object, pods: list[Object], revision: str) -> None:
        """Takes the last outdated pod away once all after it are ready again; a failed one at once."""
        for pod in reversed(pods):
            outdated = labels(pod).get(_HASH) != revision
            if phase(pod) == "Failed" or (outdated and not _on_delete(stateful)):
                await self._delete(stateful, pod)
                return
            if not ready(pod):
                return

    async def _status(self, stateful: Object, pods: list[Object], revision: str) -> None:
        up = sum(1 for pod in pods if ready(pod))
        current = sum(1 for pod in pods if labels(pod).get(_HASH) == revision)
        await self.world.status(
            stateful,
            {
                "observedGeneration": stateful["metadata"].get("generation", 1),
                "replicas": len(pods),
                "readyReplicas": up or None,
                "availableReplicas": up,
                "currentReplicas": current or None,
                "updatedReplicas": current or None,
                "currentRevision": revision,
                "updateRevision": revision,
                "collisionCount": 0,
            },
        )


def _on_delete(stateful: Object) -> bool:
    return mapping(stateful, "spec", "updateStrategy").get("type") == "OnDelete"


def _ordinal(pod_name: str) -> int:
    return int(pod_name.rpartition("-")[2])
