"""Servers on this machine behind the pods that serve: model servers, routers, gateways."""

from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web

from llmd_tui.objects import Object, annotations, labels, name
from llmd_tui.simulator.actors.controller import Controller, Key, key_of
from llmd_tui.simulator.actors.engine import Engine
from llmd_tui.simulator.actors.meta import mapping, rows, terminating
from llmd_tui.simulator.actors.openai_api import model_server
from llmd_tui.simulator.actors.picker import router
from llmd_tui.simulator.actors.placement import label_selector
from llmd_tui.simulator.actors.pods import FORWARD, ready
from llmd_tui.simulator.actors.vllm import is_vllm, model_of, option
from llmd_tui.simulator.actors.world import World

_GATEWAY = "gateway.networking.k8s.io/gateway-name"
_ROLE = "llm-d.ai/role"
_CONTEXT = 40960


class Serving(Controller):
    """A listener on loopback for each such pod while it is Ready, which its annotation tells the API server about."""

    kinds = ("Pod",)

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._runners: dict[Key, tuple[str, web.AppRunner]] = {}
        self._engines: dict[Key, Engine] = {}

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if self._serves(obj):
            yield key_of(obj)

    def _serves(self, pod: Object) -> bool:
        return _engine_container(pod) is not None or _has_epp(pod) or _GATEWAY in labels(pod)

    async def reconcile(self, key: Key) -> None:
        pod = self.view.get("Pod", key[1], key[0])
        running = self._runners.get(key)
        if running and (pod is None or terminating(pod) or pod["metadata"]["uid"] != running[0]):
            del self._runners[key]
            self._engines.pop(key, None)
            await running[1].cleanup()
            running = None
        if pod is not None and ready(pod) and running is None:
            await self._listen(key, pod)

    async def _listen(self, key: Key, pod: Object) -> None:
        runner = web.AppRunner(self._application(key, pod), access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self._runners[key] = (pod["metadata"]["uid"], runner)
        port = runner.addresses[0][1]
        listening = {str(p["containerPort"]) for c in _containers(pod) for p in rows(c, "ports")}
        where = ",".join(f"{number}=127.0.0.1:{port}" for number in sorted(listening))
        if annotations(pod).get(FORWARD) != where:
            await self.world.patch(pod, {"metadata": {"annotations": {FORWARD: where}}})

    def _application(self, key: Key, pod: Object) -> web.Application:
        container = _engine_container(pod)
        if container is not None:
            self._engines[key] = engine_of(name(pod), container)
            return model_server(self._engines[key])
        namespace = key[0]
        pool = self._pool(pod, namespace)
        return router(pool, lambda role: self._endpoints(namespace, pool, role))

    def _pool(self, pod: Object, namespace: str) -> str:
        """The pool that the EPP is for, or that the gateway's routes lead to."""
        if release := labels(pod).get("llm-d-router-gateway"):
            return release.removesuffix("-epp")
        pools = self.view.all("InferencePool", namespace)
        return name(pools[0]) if pools else ""

    def _endpoints(self, namespace: str, pool_name: str, role: str) -> list[Engine]:
        """Engines of the pool's Ready pods. Without roles every pod decodes."""
        pool = self.view.get("InferencePool", pool_name, namespace)
        selector = mapping(pool or {}, "spec", "selector")
        found: list[Engine] = []
        for key, engine in self._engines.items():
            pod = self.view.get("Pod", key[1], key[0])
            if key[0] == namespace and pod and ready(pod) and label_selector(selector, labels(pod)):
                own = labels(pod).get(_ROLE, "decode")
                if role in ("", own) or (role == "decode" and own == "both"):
                    found.append(engine)
        return found

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            for _, runner in self._runners.values():
                await runner.cleanup()


def engine_of(pod: str, container: Mapping[str, Any]) -> Engine:
    """As the container's arguments say."""
    model = model_of(container) or "model"
    served = option(container, "served-model-name", model)
    length = int(option(container, "max-model-len", str(_CONTEXT)) or _CONTEXT)
    block = int(option(container, "block-size", "16") or 16)
    arguments = [*rows(container, "command"), *rows(container, "args")]
    return Engine(pod, (served,), length, block, any("--enable-scale-out" in word for word in arguments))


def _containers(pod: Object) -> list[Mapping[str, Any]]:
    return [*rows(pod, "spec", "containers"), *rows(pod, "spec", "initContainers")]


def _engine_container(pod: Object) -> Mapping[str, Any] | None:
    return next((c for c in _containers(pod) if is_vllm(c)), None)


def _has_epp(pod: Object) -> bool:
    return any(container["name"] == "epp" for container in _containers(pod))
