"""What is in a cluster already and would stand in the way. What is ours is no conflict: a run may come again."""

from collections.abc import Iterator

from llmd_tui.checks.context import Context
from llmd_tui.checks.result import Verdict, failed, passed
from llmd_tui.helm import Release
from llmd_tui.kube.store import Store
from llmd_tui.objects import Object
from llmd_tui.ours import MANAGED_BY
from llmd_tui.plan.actions import Helm
from llmd_tui.rollout.reading import labels_of, name_of, namespace_of
from llmd_tui.rollout.words import listing

_KINDS = (
    ("apps/v1", "DaemonSet"),
    ("nvidia.com/v1", "ClusterPolicy"),
    ("mellanox.com/v1alpha1", "NicClusterPolicy"),
)
_NFD = {"app.kubernetes.io/name": "node-feature-discovery"}
_DEVICE_PLUGIN = "nvidia-device-plugin"
_OPERATORS = ("gpu-operator", "network-operator")


async def conflicts(context: Context) -> Verdict:
    releases = {wanted.release: await _release(context, wanted) for wanted in context.expected.releases}
    found = [
        *_taken_releases(context, releases),
        *_operators(context, await context.view(*_KINDS), {name for name, release in releases.items() if release}),
    ]
    if found:
        return failed(
            listing(found),
            "Two of a kind undo each other's work: remove the other one, or waive this check when you know better.",
        )
    return passed("no release, NFD, device plugin or policy of others in the way")


async def _release(context: Context, wanted: Helm) -> Release | None:
    return await context.helm.release(wanted.release, wanted.namespace)


def _taken_releases(context: Context, releases: dict[str, Release | None]) -> Iterator[str]:
    """A release of our name that is another chart's."""
    for wanted in context.expected.releases:
        there = releases[wanted.release]
        if there and there.chart != wanted.chart.rstrip("/").rpartition("/")[2]:
            yield f"release {wanted.release} in {wanted.namespace} is of chart {there.chart}"


def _operators(context: Context, view: Store, ours: set[str]) -> Iterator[str]:
    """NFD, device plugins and policies that come from another installation."""
    planned = {wanted.release: wanted.namespace for wanted in context.expected.releases}
    mine = {planned[name] for name in ours if name in _OPERATORS}
    brings_nfd = any(name in planned for name in _OPERATORS)
    for daemonset in view.all("DaemonSet"):
        where = f"{namespace_of(daemonset)}/{name_of(daemonset)}"
        if brings_nfd and _matches(daemonset, _NFD) and namespace_of(daemonset) not in mine:
            yield f"another node feature discovery, {where}"
        if "gpu-operator" in planned and _plugin(daemonset) and namespace_of(daemonset) not in mine:
            yield f"another NVIDIA device plugin, {where}"
    if "gpu-operator" not in ours:
        yield from (f"ClusterPolicy {name_of(policy)} of another GPU operator" for policy in view.all("ClusterPolicy"))
    for policy in view.all("NicClusterPolicy"):
        if not _matches(policy, MANAGED_BY):
            yield f"NicClusterPolicy {name_of(policy)} of somebody else"


def _plugin(daemonset: Object) -> bool:
    return name_of(daemonset).startswith(_DEVICE_PLUGIN)


def _matches(obj: Object, labels: dict[str, str]) -> bool:
    return all(labels_of(obj).get(key) == value for key, value in labels.items())
