"""The gateway controllers of Istio and agentgateway: classes, gateways, routes, inference pools."""

from collections.abc import Iterable, Mapping
from typing import Any

from llmd_tui.objects import Object, is_true, name
from llmd_tui.simulator.actors.controller import Controller, Key, key_of
from llmd_tui.simulator.actors.gateway_objects import PROVIDERS, Provider, account, deployment, service, settings_of
from llmd_tui.simulator.actors.meta import NOTHING, mapping, of_type, rows, terminating
from llmd_tui.simulator.actors.pods import ready

_GROUP = "gateway.networking.k8s.io"
_CLASSES: Key = ("", "classes")


class Gateways(Controller):
    """Works while a controller's pod is Ready. A change of a pool or route looks at all gateways again."""

    kinds = ("GatewayClass", "Gateway", "HTTPRoute", "InferencePool", "Deployment", "Service", "Pod")

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if kind == "Gateway":
            yield key_of(obj)
        elif kind in ("HTTPRoute", "InferencePool", "Deployment", "Service"):
            yield from (key_of(gateway) for gateway in self.view.all("Gateway", obj["metadata"]["namespace"]))
        elif kind == "GatewayClass" or any(_runs(obj, provider) for provider in PROVIDERS):
            yield _CLASSES

    async def reconcile(self, key: Key) -> None:
        if key == _CLASSES:
            await self._classes()
            return
        gateway = self.view.get("Gateway", key[1], key[0])
        if gateway is None or terminating(gateway):
            return
        provider = next((p for p in PROVIDERS if p.gateway_class == gateway["spec"]["gatewayClassName"]), None)
        if provider is None or not self._up(provider):
            return
        await self._make(provider, gateway)
        routes = [route for route in self.view.all("HTTPRoute", key[0]) if _refers(route, gateway)]
        await self._gateway_status(provider, gateway, len(routes))
        for route in routes:
            await self._route_status(provider, gateway, route)

    def _up(self, provider: Provider) -> bool:
        return any(ready(pod) for pod in self.view.all("Pod", None, provider.selector))

    async def _classes(self) -> None:
        """No chart makes a GatewayClass: the controller does, once it runs and the kind is there."""
        for provider in PROVIDERS:
            if not self._up(provider) or not self.world.knows("GatewayClass"):
                continue
            found = self.view.get("GatewayClass", provider.gateway_class)
            if found is None:
                await self.world.clock.sleep(self.world.seconds("gateway-class"))
                made = {
                    "apiVersion": f"{_GROUP}/v1",
                    "kind": "GatewayClass",
                    "metadata": {"name": provider.gateway_class},
                    "spec": {"controllerName": provider.controller},
                }
                found = await self.world.create(made)
            if found is not None and not is_true(found, "Accepted"):
                accepted = self._condition(found, "Accepted", True, "Accepted", "Handled by the controller")
                await self.world.status(found, {"conditions": [accepted]})
            for gateway in self.view.all("Gateway"):
                self.again(key_of(gateway), 0)

    async def _make(self, provider: Provider, gateway: Object) -> None:
        namespace = gateway["metadata"]["namespace"]
        wanted = name(gateway) + provider.suffix
        reference = mapping(gateway, "spec", "infrastructure", "parametersRef")
        parameters = self.view.get(reference["kind"], reference["name"], namespace) if reference else None
        settings = settings_of(parameters)
        if self.view.get("Deployment", wanted, namespace) is None:
            await self.world.create(account(provider, gateway))
            await self.world.create(deployment(provider, gateway, settings.get("deployment") or {}))
        if self.view.get("Service", wanted, namespace) is None:
            await self.world.create(service(provider, gateway, settings.get("service") or {}))

    async def _gateway_status(self, provider: Provider, gateway: Object, routes: int) -> None:
        namespace = gateway["metadata"]["namespace"]
        wanted = name(gateway) + provider.suffix
        proxy = self.view.get("Deployment", wanted, namespace)
        address = _address(provider, self.view.get("Service", wanted, namespace))
        if address is None:
            programmed = (False, "AddressNotAssigned", "No address has been assigned to the Gateway")
        elif proxy is None or not is_true(proxy, "Available"):
            programmed = (False, "Pending", f"Deployment {wanted} has no available replica")
        else:
            programmed = (True, "Programmed", "Resource programmed")
        conditions = [
            self._condition(gateway, "Accepted", True, "Accepted", "Resource accepted"),
            self._condition(gateway, "Programmed", *programmed),
        ]
        listeners: list[dict[str, Any]] = [
            {
                "name": listener["name"],
                "attachedRoutes": routes,
                "supportedKinds": [{"group": _GROUP, "kind": "HTTPRoute"}, {"group": _GROUP, "kind": "GRPCRoute"}],
                "conditions": [
                    self._condition(gateway, kind, value, reason, "", rows(gateway, "status", "listeners"))
                    for kind, value, reason in (
                        ("Accepted", True, "Accepted"),
                        ("Conflicted", False, "NoConflicts"),
                        ("Programmed", True, "Programmed"),
                        ("ResolvedRefs", True, "ResolvedRefs"),
                    )
                ],
            }
            for listener in gateway["spec"]["listeners"]
        ]
        addresses = [address] if address else []
        await self.world.status(gateway, {"conditions": conditions, "listeners": listeners, "addresses": addresses})

    async def _route_status(self, provider: Provider, gateway: Object, route: Object) -> None:
        namespace = route["metadata"]["namespace"]
        backends = [backend for rule in rows(route, "spec", "rules") for backend in rows(rule, "backendRefs")]
        lost = [b for b in backends if self.view.get(b.get("kind", "Service"), b["name"], namespace) is None]
        resolved = (
            (False, "BackendNotFound", f"{lost[0].get('kind', 'Service')} {lost[0]['name']} not found")
            if lost
            else (True, "ResolvedRefs", "All references resolved")
        )
        old = next(iter(rows(route, "status", "parents")), NOTHING)
        reference = next(parent for parent in rows(route, "spec", "parentRefs") if parent["name"] == name(gateway))
        parent = {
            "controllerName": provider.controller,
            "parentRef": reference,
            "conditions": [
                self._condition(route, "Accepted", True, "Accepted", "Route was valid", rows(old, "conditions")),
                self._condition(route, "ResolvedRefs", *resolved, rows(old, "conditions")),
            ],
        }
        await self.world.status(route, {"parents": [parent]})
        for backend in backends:
            pool = self.view.get("InferencePool", backend["name"], namespace)
            if backend.get("kind") == "InferencePool" and pool is not None:
                await self._pool_status(provider, gateway, pool)

    async def _pool_status(self, provider: Provider, gateway: Object, pool: Object) -> None:
        old = next(iter(rows(pool, "status", "parents")), NOTHING)
        parent = {
            "controllerName": provider.controller,
            "parentRef": {"group": _GROUP, "kind": "Gateway", "name": name(gateway)},
            "conditions": [
                self._condition(pool, "Accepted", True, "Accepted", "Referenced by a route", rows(old, "conditions")),
                self._condition(pool, "ResolvedRefs", True, "ResolvedRefs", "", rows(old, "conditions")),
            ],
        }
        await self.world.status(pool, {"parents": [parent]})

    def _condition(
        self, obj: Object, kind: str, value: bool, reason: str, message: str, before: list[Any] | None = None
    ) -> dict[str, Any]:
        """For this generation; the time is that of the last change of status."""
        status = "True" if value else "False"
        old = of_type(rows(obj, "status", "conditions") if before is None else _flat(before), kind)
        since = old["lastTransitionTime"] if old.get("status") == status else self.world.now()
        return {
            "type": kind,
            "status": status,
            "observedGeneration": obj["metadata"].get("generation", 1),
            "reason": reason,
            "message": message,
            "lastTransitionTime": since,
        }


def _flat(entries: list[Any]) -> list[Mapping[str, Any]]:
    """Conditions, or the conditions of the first listener."""
    return rows(entries[0], "conditions") if entries and "conditions" in entries[0] else entries


def _runs(pod: Object, provider: Provider) -> bool:
    have = mapping(pod, "metadata", "labels")
    return all(have.get(key) == value for key, value in provider.selector.items())


def _refers(route: Object, gateway: Object) -> bool:
    return any(parent["name"] == name(gateway) for parent in rows(route, "spec", "parentRefs"))


def _address(provider: Provider, made: Object | None) -> dict[str, str] | None:
    """In a cluster-only Service Istio gives the host name, agentgateway the address."""
    if made is None:
        return None
    if made["spec"].get("type") == "LoadBalancer":
        ingress = rows(made, "status", "loadBalancer", "ingress")
        return {"type": "IPAddress", "value": ingress[0]["ip"]} if ingress else None
    if provider.gateway_class == "istio":
        return {"type": "Hostname", "value": f"{name(made)}.{made['metadata']['namespace']}.svc.cluster.local"}
    return {"type": "IPAddress", "value": made["spec"].get("clusterIP") or "10.0.0.100"}
