"""The equivalent commands: what one would type at a prompt to get the same."""

import re
import shlex
from collections.abc import Callable, Mapping
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.plan.actions import Action, Apply, Arm, Checks, Helm, Manifest, Wait

SECRET_REFERENCE = re.compile(r"^\$\{((?:env|file|keyring):.+)\}$")
APPLY = "kubectl apply --server-side --field-manager=llmd-tui"


def commands(action: Action, file: str = "objects.yaml") -> list[str]:
    """Shell commands; `file` is where an export puts the action's objects or values."""
    match action:
        case Arm():
            return [shlex.join(action.command)]
        case Helm():
            return [_helm(action, file)]
        case Apply():
            secrets = [command for obj in action.objects for command in _secret(obj)]
            plain = (
                [f"{APPLY} -f {shlex.quote(file)}"] if any(not holds_reference(obj) for obj in action.objects) else []
            )
            return plain + secrets
        case Manifest():
            return [f"{APPLY} -f {shlex.quote(action.url)}"]
        case Checks():
            return []
        case Wait():
            return [WAITS[action.test](action.arguments)]


def _helm(action: Helm, file: str) -> str:
    words = ["helm", "upgrade", "--install", action.release, action.chart]
    if action.repository:
        words += ["--repo", action.repository]
    words += ["--namespace", action.namespace, "--create-namespace", "--version", action.version]
    return shlex.join([*words, "--values", file])


def _references(obj: Object) -> dict[str, str]:
    """A Secret's keys that hold a reference, and the reference."""
    values: dict[str, str] = obj.get("stringData") or {}
    found = {key: SECRET_REFERENCE.match(value) for key, value in values.items()}
    return {key: match[1] for key, match in found.items() if match}


def holds_reference(obj: Object) -> bool:
    """Whether it is a Secret whose value is not here: it is applied by a command of its own."""
    return bool(_references(obj))


def _secret(obj: Object) -> list[str]:
    """The value goes through a pipe: arguments are seen by everybody on the machine."""
    labels: dict[str, str] = obj["metadata"].get("labels") or {}
    label = (
        f" | kubectl label --local -f - {shlex.join(f'{k}={v}' for k, v in labels.items())} -o yaml" if labels else ""
    )
    return [
        f"{_value(reference)} | kubectl create secret generic {obj['metadata']['name']}"
        f" --namespace {obj['metadata']['namespace']} --from-file={key}=/dev/stdin --dry-run=client -o yaml"
        f"{label} | {APPLY} -f -"
        for key, reference in _references(obj).items()
    ]


def _value(reference: str) -> str:
    scheme, _, rest = reference.partition(":")
    if scheme == "env":
        return f'printf %s "${rest}"'
    if scheme == "file":
        home, path = ('"$HOME"/', rest[2:]) if rest.startswith("~/") else ("", rest)
        return f"tr -d '\\n' < {home}{shlex.quote(path)}"
    return f"keyring get llmd-tui {shlex.quote(rest)}"


def _selector(labels: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" if value else key for key, value in labels.items())


def _kubectl(arguments: Mapping[str, Any], condition: str, what: str) -> str:
    namespace = f" --namespace {arguments['namespace']}" if arguments.get("namespace") else ""
    return f"kubectl{namespace} wait --for={condition} {what} --timeout=60m"


def _allocatable(arguments: Mapping[str, Any]) -> str:
    resource = str(arguments["resource"]).replace(".", "\\.")
    return _kubectl(
        {}, shlex.quote(f"jsonpath={{.status.allocatable.{resource}}}"), f"node -l {_selector(arguments['labels'])}"
    )


def _workload(arguments: Mapping[str, Any]) -> str:
    name = f"/{arguments['name']}" if arguments.get("name") else f" -l {_selector(arguments['labels'])}"
    return f"kubectl --namespace {arguments['namespace']} rollout status daemonset{name} --timeout=60m"


_ROUTE_ACCEPTED = """'jsonpath={.status.parents[0].conditions[?(@.type=="Accepted")].status}=True'"""

WAITS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "nodes-ready": lambda a: _kubectl({}, "condition=Ready", f"node -l {_selector(a['labels'])}"),
    "crds-established": lambda a: _kubectl({}, "condition=Established", " ".join(f"crd/{name}" for name in a["names"])),
    "deployment-available": lambda a: _kubectl(a, "condition=Available", f"deployment/{a['name']}"),
    "daemonset-ready": _workload,
    "ofed-ready": lambda a: _kubectl({}, "'jsonpath={.status.state}=ready'", "nicclusterpolicy/nic-cluster-policy"),
    "gpu-operator-ready": lambda a: _kubectl({}, "condition=Ready", "clusterpolicy/cluster-policy"),
    "allocatable": _allocatable,
    "resource-slices": lambda a: f"kubectl get resourceslices --field-selector spec.driver={a['driver']}",
    "condition": lambda a: _kubectl(a, f"condition={a['type']}", f"{str(a['kind']).lower()}/{a['name']}"),
    "gateway-programmed": lambda a: _kubectl(a, "condition=Programmed", f"gateway/{a['name']}"),
    "route-accepted": lambda a: _kubectl(a, _ROUTE_ACCEPTED, f"httproute/{a['name']}"),
    "pods-ready": lambda a: _kubectl(a, "condition=Ready", f"pod -l {_selector(a['labels'])}"),
    "pod-succeeded": lambda a: _kubectl(a, "'jsonpath={.status.phase}=Succeeded'", f"pod/{a['name']}"),
    "exists": lambda a: f"kubectl --namespace {a['namespace']} get {str(a['kind']).lower()} {a['name']}",
}
