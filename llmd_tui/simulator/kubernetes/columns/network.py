"""The tables of services and what belongs to them."""

from datetime import datetime
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.columns.base import AGE, NAME, Column, field, joined, labels_text, wide
from llmd_tui.simulator.kubernetes.editing import at, listed
from llmd_tui.simulator.kubernetes.selectors import format_selector


def _balancer(obj: Object) -> list[str]:
    ingress = listed(obj, "status", "loadBalancer", "ingress")
    return sorted({i.get("ip") or i.get("hostname") for i in ingress} - {None})


def _external(service: Object, now: datetime) -> str:
    spec = service["spec"]
    if spec.get("type") == "ExternalName":
        return str(spec.get("externalName", ""))
    addresses = (_balancer(service) if spec.get("type") == "LoadBalancer" else []) + listed(spec, "externalIPs")
    return ",".join(addresses) or ("<pending>" if spec.get("type") == "LoadBalancer" else "<none>")


def _ports(service: Object, now: datetime) -> str:
    def text(port: dict[str, Any]) -> str:
        node = f":{port['nodePort']}" if port.get("nodePort") else ""
        return f"{port['port']}{node}/{port.get('protocol', 'TCP')}"

    return ",".join(text(port) for port in listed(service, "spec", "ports")) or "<none>"


def _cluster_address(service: Object, now: datetime) -> str:
    return next(iter(listed(service, "spec", "clusterIPs")), "<none>")


def _endpoints(endpoints: Object, now: datetime) -> str:
    found: list[str] = []
    for subset in listed(endpoints, "subsets"):
        addresses = [address["ip"] for address in listed(subset, "addresses")]
        ports = subset.get("ports")
        found += [f"{ip}:{port['port']}" for port in ports for ip in addresses] if ports else addresses
    return joined(found) if found else "<none>"


def _slice_ports(of: Object, now: datetime) -> str:
    return joined([port.get("port") or port.get("name") or "*" for port in listed(of, "ports")])


def _slice_endpoints(of: Object, now: datetime) -> str:
    return joined([address for endpoint in listed(of, "endpoints") for address in listed(endpoint, "addresses")])


def _hosts(ingress: Object, now: datetime) -> str:
    hosts = [rule["host"] for rule in listed(ingress, "spec", "rules") if rule.get("host")]
    return joined(hosts) if hosts else "*"


def _parameters(of: Object, now: datetime) -> str:
    parameters = at(of, "spec", "parameters")
    if not parameters:
        return "<none>"
    group = f".{parameters['apiGroup']}" if parameters.get("apiGroup") else ""
    return f"{parameters['kind']}{group}/{parameters['name']}"


COLUMNS = {
    "services": (
        NAME,
        Column("Type", field("spec", "type")),
        Column("Cluster-IP", _cluster_address),
        Column("External-IP", _external),
        Column("Port(s)", _ports),
        AGE,
        wide("Selector", lambda obj, now: labels_text(at(obj, "spec", "selector"))),
    ),
    "endpoints": (NAME, Column("Endpoints", _endpoints), AGE),
    "endpointslices.discovery.k8s.io": (
        NAME,
        Column("AddressType", field("addressType")),
        Column("Ports", _slice_ports),
        Column("Endpoints", _slice_endpoints),
        AGE,
    ),
    "ingresses.networking.k8s.io": (
        NAME,
        Column("Class", field("spec", "ingressClassName", default="<none>")),
        Column("Hosts", _hosts),
        Column("Address", lambda obj, now: ",".join(_balancer(obj))),
        Column("Ports", lambda obj, now: "80, 443" if at(obj, "spec", "tls") else "80"),
        AGE,
    ),
    "ingressclasses.networking.k8s.io": (
        NAME,
        Column("Controller", field("spec", "controller")),
        Column("Parameters", _parameters),
        AGE,
    ),
    "networkpolicies.networking.k8s.io": (
        NAME,
        Column("Pod-Selector", lambda obj, now: format_selector(at(obj, "spec", "podSelector"))),
        AGE,
    ),
}
