"""What the phases' files share."""

from dataclasses import dataclass
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.ours import GPU_NODES, MANAGED_BY
from llmd_tui.plan.actions import Action, Helm, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase, Seconds
from llmd_tui.plan.taints import tolerating
from llmd_tui.presets.components import component
from llmd_tui.presets.phases import phase_texts

GPU_STACK = ("gpu-pool", "gpu-operator", "device-plugin", "managed-gpu")
RDMA_STACK = ("network-operator", "peermem", "dranet")
"""Each phase where a plan has it: what a node's GPUs, and its InfiniBand, work by."""


@dataclass(frozen=True)
class Skip:
    """The phase is not part of this plan; `reason` says why."""

    reason: str


def phase(
    name: str,
    actions: tuple[Action, ...],
    done: tuple[Wait, ...] = (),
    *,
    needs: tuple[str, ...] = (),
    after: tuple[str, ...] = (),
    namespaces: tuple[str, ...] = (),
    seconds: Seconds | None = None,
) -> Phase:
    """A phase with the texts and times of presets/phases.yaml."""
    text = phase_texts()[name]
    return Phase(
        name=name,
        why=text.why,
        undo=text.undo,
        seconds=seconds or Seconds(text.normal_seconds, text.slow_seconds),
        actions=actions,
        done=done,
        needs=needs,
        after=after,
        namespaces=namespaces,
    )


def namespace(name: str, *, privileged: bool = False) -> Object:
    labels = dict(MANAGED_BY)
    if privileged:
        labels["pod-security.kubernetes.io/enforce"] = "privileged"
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def release(choice: Choice, name: str) -> Helm:
    """The release of a component, with its values for this choice; from the mirror where the config names one."""
    chosen = component(name)
    chart, repository = chart_source(choice, chosen.chart, chosen.repository)
    values = chosen.values_for(choice.strategy.name, choice.os_sku, choice.rdma)
    return Helm(
        component=name,
        release=chosen.release,
        namespace=chosen.namespace,
        chart=chart,
        repository=repository,
        version=chosen.version,
        values=tolerating(values, choice.config.pool),
    )


def chart_source(choice: Choice, chart: str, repository: str) -> tuple[str, str | None]:
    """Chart and repository as helm wants them: OCI and local charts are one reference without a repository."""
    source = choice.config.mirror.charts or repository
    if source.startswith("https://"):
        return chart, source
    return f"{source.rstrip('/')}/{chart}", None


def on_every_node(choice: Choice) -> dict[str, Any]:
    """The arguments of a test that asks each GPU node, and misses one that is gone."""
    return {"labels": GPU_NODES, "count": choice.nodes}


def available(namespace: str, name: str) -> Wait:
    return Wait("deployment-available", f"{name} available", {"namespace": namespace, "name": name})
