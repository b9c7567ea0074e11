"""Checks of the way that a request takes, from the gateway to the model servers, and of its metrics."""

from collections.abc import Iterable

from llmd_tui.checks.context import Context
from llmd_tui.checks.result import Verdict, failed, passed
from llmd_tui.events import Figure
from llmd_tui.kube.store import View
from llmd_tui.objects import Object
from llmd_tui.rollout.progress import current_condition, written
from llmd_tui.rollout.reading import dig, listed, name_of, part, text
from llmd_tui.rollout.words import listing, many
from llmd_tui.serving.entrance import ready_pods

PODS = ("v1", "Pod")
NODES = ("v1", "Node")
SERVICES = ("v1", "Service")
POOLS = ("inference.networking.k8s.io/v1", "InferencePool")
MONITORS = (("monitoring.coreos.com/v1", "PodMonitor"), ("monitoring.coreos.com/v1", "ServiceMonitor"))


async def gateway_programmed(context: Context) -> Verdict:
    expected = context.expected
    progress = await context.judge("gateway-programmed", {"namespace": expected.namespace, "name": expected.gateway})
    gateway = (await context.view()).get("Gateway", expected.gateway, expected.namespace)
    if not progress.done:
        return failed(progress.text, "The gateway's controller says why in the Gateway's conditions and its own log.")
    if not listed(dig(gateway, "status", "addresses")):
        return failed(f"Gateway {expected.gateway} is programmed, but has no address", "Look at its Service.")
    return passed(progress.text)


async def route_accepted(context: Context) -> Verdict:
    expected = context.expected
    progress = await context.judge("route-accepted", {"namespace": expected.namespace, "name": expected.release})
    if not progress.done:
        return failed(progress.text, "ResolvedRefs false: the InferencePool is missing or has another name.")
    return passed(progress.text)


async def endpoint_picker(context: Context) -> Verdict:
    """It is available, and its pool selects pods that are Ready: its own readiness says nothing about that."""
    expected, name = context.expected, f"{context.expected.release}-epp"
    progress = await context.judge("deployment-available", {"namespace": expected.namespace, "name": name})
    if not progress.done:
        return failed(progress.text, f"`kubectl --namespace {expected.namespace} logs deployment/{name} -c epp`")
    view = await context.view(POOLS, PODS, NODES)
    pool = view.get("InferencePool", expected.release, expected.namespace)
    if pool is None:
        return failed(f"there is no InferencePool {expected.release}", "The router's chart makes it.")
    for parent in listed(dig(pool, "status", "parents")):
        answer: Object = {"metadata": pool["metadata"], "status": parent}
        for kind in ("Accepted", "ResolvedRefs"):
            condition = current_condition(answer, kind)
            if condition.get("status") == "False":
                return failed(f"InferencePool {expected.release}: {written(condition, kind)}", "See the gateway's log.")
    ready = _ready(view, context, part(pool, "spec", "selector", "matchLabels"))
    if not ready:
        return failed("its InferencePool selects no Ready pod", "Compare the pool's selector with the pods' labels.")
    return passed(f"{progress.text}; the pool selects {many(len(ready), 'Ready pod')}")


async def service(context: Context) -> Verdict:
    """The Service where requests come in leads to a Ready pod."""
    expected = context.expected
    view = await context.view(SERVICES, PODS, NODES)
    found = view.get("Service", expected.service, expected.namespace)
    if found is None:
        return failed(f"there is no Service {expected.service}", "The router's chart or the gateway makes it.")
    if not any(port.get("port") == expected.port for port in listed(dig(found, "spec", "ports"))):
        return failed(f"Service {expected.service} has no port {expected.port}", "Was the router installed standalone?")
    backends = _ready(view, context, part(found, "spec", "selector"))
    if not backends:
        return failed(
            f"Service {expected.service} leads to no Ready pod", "Its pods are not Ready, or have other labels."
        )
    return passed(f"{expected.service}:{expected.port} leads to {many(len(backends), 'Ready pod')}")


async def model_servers(context: Context) -> Verdict:
    """As many pods of each role are Ready as were planned: by condition, on nodes that are Ready."""
    said: list[str] = []
    lacking: list[str] = []
    figures: list[Figure] = []
    for servers in context.expected.servers:
        arguments = {"namespace": context.expected.namespace, "labels": servers.labels, "count": servers.pods}
        progress = await context.judge("pods-ready", arguments)
        (said if progress.done else lacking).append(f"{servers.role}: {progress.text}")
        figures.append((servers.role, float(progress.count[0] if progress.count else 0), float(servers.pods)))
    if lacking:
        remedy = "The log of a pod that is not Ready tells why; loading weights takes minutes."
        return failed(listing(lacking), remedy, figures)
    return passed(listing(said), figures)


async def monitors(context: Context) -> Verdict:
    """A monitor finds what it should scrape: the model servers' pods, the endpoint picker's Service."""
    namespace = context.expected.namespace
    view = await context.view(*MONITORS, PODS, SERVICES)
    targets = {"PodMonitor": view.all("Pod", namespace), "ServiceMonitor": view.all("Service", namespace)}
    blind: list[str] = []
    seeing: list[str] = []
    for kind, candidates in targets.items():
        for monitor in view.all(kind, namespace):
            wanted = part(monitor, "spec", "selector", "matchLabels")
            found = [obj for obj in candidates if _selects(wanted, obj) and _has_ports(kind, monitor, obj)]
            (seeing if found else blind).append(f"{kind} {name_of(monitor)}")
    if not seeing and not blind:
        return failed(f"nothing in {namespace} is scraped", "Monitoring was on when the router was installed?")
    if blind:
        return failed(f"{listing(blind)} finds nothing to scrape", "Compare its selector and ports with the objects.")
    return passed(f"{listing(seeing)} find what they scrape")


def _ready(view: View, context: Context, wanted: Object) -> list[Object]:
    return ready_pods(view, context.expected.namespace, wanted, context.clock.now())


def _selects(wanted: Object, obj: Object) -> bool:
    labels = part(obj, "metadata", "labels")
    return all(labels.get(key) == value for key, value in wanted.items())


def _has_ports(kind: str, monitor: Object, obj: Object) -> bool:
    """Whether the object has every port that the monitor names."""
    endpoints = listed(dig(monitor, "spec", "podMetricsEndpoints" if kind == "PodMonitor" else "endpoints"))
    return all(text(endpoint.get("port")) in ("", *_ports(kind, obj)) for endpoint in endpoints)


def _ports(kind: str, obj: Object) -> Iterable[str]:
    if kind == "ServiceMonitor":
        return [text(port.get("name")) for port in listed(dig(obj, "spec", "ports"))]
    containers = [*listed(dig(obj, "spec", "containers")), *listed(dig(obj, "spec", "initContainers"))]
    return [text(port.get("name")) for container in containers for port in listed(container.get("ports"))]
