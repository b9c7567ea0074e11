"""The functions that the script waits with: what the program's own waits judge, as far as kubectl can tell."""

from collections.abc import Callable, Mapping
from shlex import quote
from typing import Any

from llmd_tui.plan.actions import Wait
from llmd_tui.plan.commands import commands

Arguments = Mapping[str, Any]

WAIT_FOR = r"""
# wait_for WHAT HOLD COMMAND...: until the command succeeds, and still does HOLD seconds later.
wait_for() {
  local what=$1 hold=$2 end=$((SECONDS + ${LIMIT_SECONDS:-7200}))
  shift 2
  echo "waiting for $what"
  until "$@" >/dev/null 2>&1 && { [[ $hold == 0 ]] || { sleep "$hold" && "$@" >/dev/null 2>&1; }; }; do
    if ((SECONDS > end)); then
      echo "gave up waiting for $what:" >&2
      "$@" >&2 || exit 1
    fi
    sleep "${INTERVAL_SECONDS:-5}"
  done
}
"""

FUNCTIONS = {
    "ready_nodes": r"""
# ready_nodes LABELS COUNT: that many nodes are Ready.
ready_nodes() {
  local ready='{range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}'
  (($(kubectl get nodes --selector "$1" --output "jsonpath=$ready" | grep -cx True) >= $2))
}
""",
    "ready_pods": r"""
# ready_pods NAMESPACE LABELS COUNT: that many pods are Ready by condition; Running is not enough.
ready_pods() {
  local ready='{range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\n"}{end}'
  (($(kubectl --namespace "$1" get pods --selector "$2" --output "jsonpath=$ready" | grep -cx True) >= $3))
}
""",
    "nodes_offer": r"""
# nodes_offer LABELS RESOURCE EACH: every such node offers that much of the resource.
nodes_offer() {
  local offers='{range .items[*]}={.status.allocatable.'${2//./\\.}'}{"\n"}{end}'
  kubectl get nodes --selector "$1" --output "jsonpath=$offers" |
    awk -F= -v each="$3" '$2 + 0 < each { short = 1 } END { exit short || !NR }'
}
""",
    "nodes_publish": r"""
# nodes_publish LABELS DRIVER: every such node has a ResourceSlice of the driver.
nodes_publish() {
  local nodes slices
  nodes=$(kubectl get nodes --selector "$1" --output name | sed 's|^node/||' | sort)
  slices=$(kubectl get resourceslices --field-selector "spec.driver=$2" \
    --output 'jsonpath={range .items[*]}{.spec.nodeName}{"\n"}{end}' | sort -u)
  [[ -n $nodes ]] && [[ -z $(comm -23 <(echo "$nodes") <(echo "$slices")) ]]
}
""",
    "daemonset_pods": r"""
# daemonset_pods NAMESPACE SELECTOR MINIMUM: it wants that many pods or more, and all are ready.
daemonset_pods() {
  local counts='{range .items[*]}{.status.desiredNumberScheduled} {.status.numberReady}{"\n"}{end}'
  kubectl --namespace "$1" get daemonsets "$2" --output "jsonpath=$counts" |
    awk -v minimum="$3" '{ wanted += $1; ready += $2 } END { exit ready < wanted || ready < minimum || !NR }'
}
""",
    "feature_registered": r"""
# feature_registered OPTIONS: the subscription has the preview feature.
feature_registered() {
  [[ $(az feature show "$@" --query properties.state --output tsv) == Registered ]]
}
""",
}


def wait_command(wait: Wait) -> str:
    """One line that calls `wait_for`."""
    test = _OWN.get(wait.test)
    ask = test(wait.arguments) if test else commands(wait)[0].replace("--timeout=60m", "--timeout=30s")
    return f"wait_for {quote(wait.what)} {wait.hold:g} {ask}"


def selector(labels: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" if value else key for key, value in labels.items())


def _nodes_ready(a: Arguments) -> str:
    return f"ready_nodes {quote(selector(a['labels']))} {a['count']}"


def _pods_ready(a: Arguments) -> str:
    return f"ready_pods {a['namespace']} {quote(selector(a['labels']))} {a['count']}"


def _allocatable(a: Arguments) -> str:
    return f"nodes_offer {quote(selector(a['labels']))} {a['resource']} {a['each']:g}"


def _resource_slices(a: Arguments) -> str:
    return f"nodes_publish {quote(selector(a['labels']))} {a['driver']}"


def _daemonset_ready(a: Arguments) -> str:
    name = a.get("name")
    which = f"--field-selector=metadata.name={name}" if name else f"--selector={selector(a['labels'])}"
    return f"daemonset_pods {a['namespace']} {quote(which)} {a.get('minimum', 1)}"


_OWN: Mapping[str, Callable[[Arguments], str]] = {
    "nodes-ready": _nodes_ready,
    "pods-ready": _pods_ready,
    "allocatable": _allocatable,
    "resource-slices": _resource_slices,
    "daemonset-ready": _daemonset_ready,
}
"""Where the equivalent command would be content too early: with none, or with fewer than there should be."""
