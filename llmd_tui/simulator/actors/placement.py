"""Where a pod may run: taints, selectors, affinity, and what it asks for against what a node has left."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from llmd_tui.objects import Object, labels, name
from llmd_tui.simulator.actors.meta import mapping, rows

# Taints of node conditions, which DaemonSets' pods tolerate.
_CONDITION_TAINTS = ("disk-pressure", "memory-pressure", "pid-pressure", "unschedulable")

_UNITS = {
    "": 1.0,
    "m": 1e-3,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "Ki": 2.0**10,
    "Mi": 2.0**20,
    "Gi": 2.0**30,
    "Ti": 2.0**40,
}
_QUANTITY = re.compile(r"([0-9.]+(?:[eE][-+]?[0-9]+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$")


def quantity(text: str | int | float) -> float:
    """A Kubernetes quantity in its base unit: cores, bytes, pieces."""
    found = _QUANTITY.fullmatch(str(text))
    if not found:
        raise ValueError(f"{text!r} is not a quantity")
    return float(found[1]) * _UNITS[found[2] or ""]


def requests(pod: Object) -> dict[str, float]:
    """What the scheduler counts: the containers' sum (with native sidecars), or a larger init container."""
    spec = pod["spec"]
    total: dict[str, float] = {}
    peak: dict[str, float] = {}
    for container in rows(spec, "initContainers"):
        wants = _wants(container)
        if container.get("restartPolicy") == "Always":
            _add(total, wants)
        else:
            peak = {key: max(peak.get(key, 0), wants.get(key, 0) + total.get(key, 0)) for key in {*peak, *wants}}
    for container in spec["containers"]:
        _add(total, _wants(container))
    return {key: max(total.get(key, 0), peak.get(key, 0)) for key in {*total, *peak}} | {"pods": 1}


def _wants(container: Mapping[str, Any]) -> dict[str, float]:
    # A limit without a request is the request.
    asked = mapping(container, "resources", "limits") | mapping(container, "resources", "requests")
    return {key: quantity(value) for key, value in asked.items()}


def _add(total: dict[str, float], wants: Mapping[str, float]) -> None:
    for key, value in wants.items():
        total[key] = total.get(key, 0) + value


def taints(node: Object) -> Sequence[Mapping[str, str]]:
    return rows(node, "spec", "taints")


def tolerated(taint: Mapping[str, str], tolerations: Iterable[Mapping[str, Any]]) -> bool:
    return any(_tolerates(toleration, taint) for toleration in tolerations)


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, str]) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if not toleration.get("key"):
        return toleration.get("operator") == "Exists"
    if toleration["key"] != taint["key"]:
        return False
    return toleration.get("operator") == "Exists" or toleration.get("value", "") == taint.get("value", "")


def untolerated(node: Object, tolerations: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a taint of the node keeps pods with these tolerations from being placed there."""
    given = list(tolerations)
    return any(t["effect"] in ("NoSchedule", "NoExecute") and not tolerated(t, given) for t in taints(node))


def selects(node: Object, spec: Mapping[str, Any]) -> bool:
    """nodeSelector and required node affinity of a pod spec."""
    have = labels(node)
    if any(have.get(key) != value for key, value in mapping(spec, "nodeSelector").items()):
        return False
    terms = rows(
        spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms"
    )
    return not terms or matches_terms(node, terms)


def preference(spec: Mapping[str, Any], node: Object) -> float:
    """The weights of the preferred node affinity terms that the node meets."""
    terms = rows(spec, "affinity", "nodeAffinity", "preferredDuringSchedulingIgnoredDuringExecution")
    return sum(float(term["weight"]) for term in terms if matches_terms(node, [term["preference"]]))


def matches_terms(node: Object, terms: Iterable[Mapping[str, Any]]) -> bool:
    """Node selector terms: any of them, with all of its expressions."""
    fields = {"metadata.name": name(node)}
    return any(
        all(expression(e, labels(node)) for e in rows(term, "matchExpressions"))
        and all(expression(e, fields) for e in rows(term, "matchFields"))
        for term in terms
    )


def expression(rule: Mapping[str, Any], have: Mapping[str, str]) -> bool:
    """One requirement of a label selector or node selector term."""
    key, values = rule["key"], rows(rule, "values")
    match rule["operator"]:
        case "In":
            return have.get(key) in values
        case "NotIn":
            return have.get(key) not in values
        case "Exists":
            return key in have
        case "DoesNotExist":
            return key not in have
        case "Gt":
            return key in have and int(have[key]) > int(values[0])
        case _:
            return key in have and int(have[key]) < int(values[0])


def label_selector(selector: Mapping[str, Any] | None, have: Mapping[str, str]) -> bool:
    """A metav1 LabelSelector; none matches nothing."""
    if selector is None:
        return False
    return all(have.get(key) == value for key, value in mapping(selector, "matchLabels").items()) and all(
        expression(rule, have) for rule in rows(selector, "matchExpressions")
    )


def repelled(pod: Object, there: Iterable[Object]) -> bool:
    """Whether required anti-affinity by host name keeps the pod away from a node with these pods."""
    terms = rows(pod, "spec", "affinity", "podAntiAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    by_host = [term for term in terms if term.get("topologyKey") == "kubernetes.io/hostname"]
    return any(
        label_selector(term.get("labelSelector"), labels(other))
        and other["metadata"]["namespace"] == pod["metadata"]["namespace"]
        and other["metadata"]["uid"] != pod["metadata"]["uid"]
        for other in there
        for term in by_host
    )


def daemon_tolerations(spec: Mapping[str, Any]) -> list[dict[str, str]]:
    """What the DaemonSet controller adds, so that its pods stay through a node's troubles."""
    added = [
        {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoExecute"}
        for key in ("not-ready", "unreachable")
    ]
    network = ("network-unavailable",) if spec.get("hostNetwork") else ()
    return added + [
        {"key": f"node.kubernetes.io/{key}", "operator": "Exists", "effect": "NoSchedule"}
        for key in (*_CONDITION_TAINTS, *network)
    ]
