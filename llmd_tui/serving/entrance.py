"""The Service where requests come in, and the Ready pods behind it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from llmd_tui.errors import UserError
from llmd_tui.kube.store import View
from llmd_tui.objects import Object
from llmd_tui.rollout.moment import Moment, node_of, node_ready, pod_ready
from llmd_tui.rollout.reading import dig, listed, name_of, part

if TYPE_CHECKING:
    from llmd_tui.kube.connection import Cluster

Reached = Callable[[], "Cluster | None"]
"""The connection to the cluster, as long as there is one."""


def ready_pods(view: View, namespace: str, labels: Mapping[str, object], now: datetime) -> list[Object]:
    """Pods with these labels that are Ready, on nodes that are; sorted by name.

    No labels select nothing here: neither Services nor pools mean everything by it.
    """
    if not labels:
        return []
    nodes = Moment(view, now).nodes
    pods = view.all("Pod", namespace, {key: str(value) for key, value in labels.items()})
    return sorted((pod for pod in pods if pod_ready(pod) and node_ready(nodes.get(node_of(pod)))), key=name_of)


def backends(view: View, namespace: str, service: str, now: datetime) -> list[Object]:
    """The Ready pods behind a Service."""
    found = view.get("Service", service, namespace)
    return ready_pods(view, namespace, part(found, "spec", "selector"), now)


def way_in(view: View, namespace: str, service: str, port: int, now: datetime) -> tuple[str, int]:
    """A Ready pod behind a Service, and the port in it. Raises UserError when there is none."""
    pods = backends(view, namespace, service, now)
    if not pods:
        raise UserError(f"Service {service} leads to no Ready pod.", "Look at its pods; the check `services` does too.")
    return name_of(pods[0]), target_port(view.get("Service", service, namespace) or {}, pods[0], port)


def target_port(found: Object, pod: Object, port: int) -> int:
    """The container port behind a Service's port; the Service's own where it names none."""
    entry = next((one for one in listed(dig(found, "spec", "ports")) if one.get("port") == port), None)
    target = entry.get("targetPort", port) if entry else port
    if isinstance(target, int):
        return target
    named = (p for container in listed(dig(pod, "spec", "containers")) for p in listed(container.get("ports")))
    return next((int(p["containerPort"]) for p in named if p.get("name") == target), port)
