"""Services: cluster addresses and node ports."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.editing import at, listed, put, put_default
from llmd_tui.simulator.kubernetes.kinds import Kind
from llmd_tui.simulator.kubernetes.status import Cause
from llmd_tui.simulator.kubernetes.strategies.base import Strategy

if TYPE_CHECKING:
    from llmd_tui.simulator.kubernetes.registry import Registry

_FIRST_ADDRESS = IPv4Address("10.0.0.1")
_FIRST_NODE_PORT = 30000


class _Service(Strategy):
    def create(self, obj: Object, kind: Kind, registry: "Registry") -> Object:
        return _allocated(obj, registry)

    def update(self, obj: Object, old: Object, kind: Kind, registry: "Registry") -> Object:
        if at(obj, "spec", "type") == "ExternalName":
            return obj
        if at(old, "spec", "type") != "ExternalName":
            for field in ("clusterIP", "clusterIPs"):
                obj = put_default(obj, ("spec", field), at(old, "spec", field))
        before = {port.get("name", ""): port.get("nodePort") for port in listed(old, "spec", "ports")}
        ports = [
            port if "nodePort" in port or not before.get(port.get("name", "")) else _with_port(port, before)
            for port in listed(obj, "spec", "ports")
        ]
        if at(obj, "spec", "type") == at(old, "spec", "type") and ports != listed(obj, "spec", "ports"):
            obj = put(obj, ("spec", "ports"), ports)
        return _allocated(obj, registry)

    def invalid(self, obj: Object, old: Object | None) -> Iterator[Cause]:
        spec = obj["spec"]
        if not spec.get("ports") and spec.get("clusterIP") != "None" and spec["type"] != "ExternalName":
            yield Cause("spec.ports", "Required value", "Required")
        was = at(old, "spec", "clusterIP") if old else None
        if was and spec["type"] != "ExternalName" and spec.get("clusterIP") != was:
            yield Cause("spec.clusterIPs[0]", f'Invalid value: ["{spec.get("clusterIP")}"]: may not change once set')


def _with_port(port: dict[str, Any], before: Mapping[str, int | None]) -> dict[str, Any]:
    return {**port, "nodePort": before[port.get("name", "")]}


def _allocated(obj: Object, registry: "Registry") -> Object:
    spec = dict(obj["spec"])
    if spec["type"] == "ExternalName":
        return obj
    others = [stored.obj["spec"] for stored in registry.storage.table("services").objects.values()]
    if not spec.get("clusterIP"):
        taken = {other.get("clusterIP") for other in others}
        number = int(_FIRST_ADDRESS)
        while str(IPv4Address(number)) in taken:
            number += 1
        spec["clusterIP"] = str(IPv4Address(number))
    spec.setdefault("clusterIPs", [spec["clusterIP"]])
    spec.setdefault("ipFamilies", ["IPv4"])
    spec.setdefault("ipFamilyPolicy", "SingleStack")
    if spec["type"] in ("NodePort", "LoadBalancer"):
        used = {port.get("nodePort") for other in others for port in listed(other, "ports")}
        free = (number for number in range(_FIRST_NODE_PORT, _FIRST_NODE_PORT + 2768) if number not in used)
        spec["ports"] = [
            port if port.get("nodePort") else {**port, "nodePort": next(free)} for port in listed(spec, "ports")
        ]
    return {**obj, "spec": spec}


STRATEGIES: Mapping[str, Strategy] = {"services": _Service()}
