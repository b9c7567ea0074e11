"""What serves now, and where it answers: read from the cluster, compared with the plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from llmd_tui.kube.store import View
from llmd_tui.plan.actions import Helm
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.endpoint import Endpoint, endpoint
from llmd_tui.plan.graph import Plan
from llmd_tui.plan.phases.gateway import NAME as GATEWAY
from llmd_tui.rollout.reading import dig, listed, part, text
from llmd_tui.rollout.waits import judge
from llmd_tui.rollout.words import many
from llmd_tui.serving.entrance import ready_pods
from llmd_tui.serving.witness import Role

PROVIDERS = {"istio": "Istio", "agentgateway": "agentgateway", "standalone": "no gateway: the router's own proxy"}
CONTROLLERS = {"istio": "istiod", "agentgateway": "agentgateway", "standalone": "router"}


@dataclass(frozen=True)
class Part:
    """Something of the rollout that runs, or should."""

    name: str
    state: Literal["done", "failed"]
    text: str


@dataclass(frozen=True)
class Addresses:
    """`outside` is empty when nothing is exposed; `gateway` is what stands there, of which kind and version."""

    in_cluster: str
    outside: str
    gateway: str


def roles(choice: Choice) -> tuple[Role, ...]:
    """The model servers, by role, with the port of their metrics."""
    found: list[Role] = []
    for role in choice.layout.roles:
        ports = role.preset.ports
        named = [ports[name] for name in role.preset.metrics_ports if name in ports]
        found.append(Role(role.role, role.labels, (named or [8000])[0]))
    return tuple(found)


def running(choice: Choice, plan: Plan, view: View, now: datetime) -> list[Part]:
    """The model servers of each role, the endpoint picker, the gateway, Grafana: as far as they are planned."""
    return [*_servers(choice, view, now), _picker(choice, view, now), *_others(choice, plan, view, now)]


def _servers(choice: Choice, view: View, now: datetime) -> Iterator[Part]:
    for role in choice.layout.roles:
        ready = len(ready_pods(view, choice.namespace, role.labels, now))
        state = "done" if ready >= role.pods else "failed"
        yield Part(role.role, state, f"{ready} of {role.pods}, {many(role.gpus, 'GPU')} each")


def _picker(choice: Choice, view: View, now: datetime) -> Part:
    release = choice.path.release
    asked = {"namespace": choice.namespace, "name": f"{release}-epp"}
    progress = judge("deployment-available", asked, view, now)
    selector = part(view.get("InferencePool", release, choice.namespace), "spec", "selector", "matchLabels")
    endpoints = len(ready_pods(view, choice.namespace, selector, now))
    if not progress.done:
        return Part("endpoint picker", "failed", progress.text)
    counted = f"{progress.count[0]} of {progress.count[1]}, " if progress.count else ""
    return Part("endpoint picker", "done" if endpoints else "failed", f"{counted}{many(endpoints, 'endpoint')}")


def _others(choice: Choice, plan: Plan, view: View, now: datetime) -> Iterator[Part]:
    if choice.config.gateway.provider != "standalone":
        progress = judge("gateway-programmed", {"namespace": choice.namespace, "name": GATEWAY}, view, now)
        yield Part("gateway", "done" if progress.done else "failed", "Programmed" if progress.done else progress.text)
    if monitoring := plan.by_name.get("monitoring"):
        asked = {"namespace": monitoring.namespaces[0], "name": "llmd-grafana"}
        progress = judge("deployment-available", asked, view, now)
        told = "runs, not exposed" if progress.done else progress.text
        yield Part("Grafana", "done" if progress.done else "failed", told)


def addresses(choice: Choice, plan: Plan, view: View) -> Addresses:
    where: Endpoint = endpoint(choice)
    provider = choice.config.gateway.provider or "standalone"
    service = view.get("Service", where.service, where.namespace)
    kind = text(dig(service, "spec", "type"))
    ingress = listed(dig(service, "status", "loadBalancer", "ingress"))
    outside = next((text(one.get("ip")) or text(one.get("hostname")) for one in ingress), "")
    version = next((f" {action.version}" for action in _releases(plan) if action.release == CONTROLLERS[provider]), "")
    parts = (where.service, kind, f"{PROVIDERS[provider]}{version}")
    return Addresses(where.url, f"http://{outside}/v1" if outside else "", ", ".join(filter(None, parts)))


def _releases(plan: Plan) -> Iterator[Helm]:
    return (action for phase in plan.phases for action in phase.actions if isinstance(action, Helm))
