"""The tables of nodes, namespaces, events and configuration."""

from datetime import datetime

from llmd_tui.objects import Object, condition, labels, status
from llmd_tui.simulator.kubernetes.columns.base import AGE, NAME, Cell, Column, age_of, field, length, wide
from llmd_tui.simulator.kubernetes.editing import at, listed, mapped

_ROLE = "node-role.kubernetes.io/"


def _node_status(node: Object, now: datetime) -> str:
    ready = condition(node, "Ready")
    word = "Unknown" if ready is None else "Ready" if ready.get("status") == "True" else "NotReady"
    return word + (",SchedulingDisabled" if at(node, "spec", "unschedulable") else "")


def _roles(node: Object, now: datetime) -> str:
    roles = {key.removeprefix(_ROLE) for key in labels(node) if key.startswith(_ROLE)}
    roles |= {value for key, value in labels(node).items() if key == "kubernetes.io/role"}
    return ",".join(sorted(roles - {""})) or "<none>"


def _address(kind: str) -> Cell:
    def cell(node: Object, now: datetime) -> str:
        addresses = listed(status(node), "addresses")
        return next((a["address"] for a in addresses if a["type"] == kind), "<none>")

    return cell


def _info(name: str) -> Cell:
    return lambda node, now: at(node, "status", "nodeInfo", name) or "<unknown>"


def _first_seen(event: Object, now: datetime) -> str:
    return age_of(event.get("firstTimestamp") or event.get("eventTime"), now)


def _last_seen(event: Object, now: datetime) -> str:
    last = at(event, "series", "lastObservedTime") or event.get("lastTimestamp")
    return age_of(last, now) if last else _first_seen(event, now)


def _count(event: Object, now: datetime) -> int:
    return at(event, "series", "count") or event.get("count") or 1


def _target(event: Object, now: datetime) -> str:
    involved = mapped(event, "involvedObject")
    kind = str(involved.get("kind", "")).lower()
    return f"{kind}/{involved['name']}" if involved.get("name") else kind


def _source(event: Object, now: datetime) -> str:
    component = at(event, "source", "component") or event.get("reportingComponent") or ""
    host = at(event, "source", "host") or event.get("reportingInstance")
    return f"{component}, {host}" if host else component


def _quota(*, limits: bool) -> Cell:
    def cell(quota: Object, now: datetime) -> str:
        hard, used = mapped(status(quota), "hard"), mapped(status(quota), "used")
        names = [name for name in sorted(hard) if name.startswith("limits.") is limits]
        return ", ".join(f"{name}: {used.get(name, '0')}/{hard[name]}" for name in names)

    return cell


COLUMNS = {
    "nodes": (
        NAME,
        Column("Status", _node_status),
        Column("Roles", _roles),
        AGE,
        Column("Version", field("status", "nodeInfo", "kubeletVersion")),
        wide("Internal-IP", _address("InternalIP")),
        wide("External-IP", _address("ExternalIP")),
        wide("OS-Image", _info("osImage")),
        wide("Kernel-Version", _info("kernelVersion")),
        wide("Container-Runtime", _info("containerRuntimeVersion")),
    ),
    "namespaces": (NAME, Column("Status", field("status", "phase")), AGE),
    "events": (
        Column("Last Seen", _last_seen),
        Column("Type", field("type")),
        Column("Reason", field("reason")),
        Column("Object", _target),
        wide("Subobject", field("involvedObject", "fieldPath")),
        wide("Source", _source),
        Column("Message", lambda event, now: str(event.get("message", "")).strip()),
        wide("First Seen", _first_seen),
        wide("Count", _count),
        Column("Name", NAME.cell, format="name", priority=1),
    ),
    "configmaps": (NAME, Column("Data", length(("data",), ("binaryData",))), AGE),
    "secrets": (NAME, Column("Type", field("type")), Column("Data", length(("data",))), AGE),
    "serviceaccounts": (NAME, AGE),
    "resourcequotas": (NAME, Column("Request", _quota(limits=False)), Column("Limit", _quota(limits=True)), AGE),
    "leases.coordination.k8s.io": (NAME, Column("Holder", field("spec", "holderIdentity")), AGE),
    "runtimeclasses.node.k8s.io": (NAME, Column("Handler", field("handler")), AGE),
    "priorityclasses.scheduling.k8s.io": (
        NAME,
        Column("Value", field("value", default=0), "integer"),
        Column("Global-Default", field("globalDefault", default=False), "boolean"),
        AGE,
        Column("PreemptionPolicy", field("preemptionPolicy")),
    ),
}
