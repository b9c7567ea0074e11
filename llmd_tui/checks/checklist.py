"""All checks by id, and the checklist that runs them."""

import asyncio
import shlex
import time
from collections.abc import AsyncIterator, Callable, Sequence

from llmd_tui.checks import (
    azure,
    azure_cluster,
    commands,
    conflicts,
    inference,
    locked_memory,
    nodes,
    operators,
    preflight,
    serving,
)
from llmd_tui.checks.context import Context, Surroundings
from llmd_tui.checks.expected import Expected, expected, selector
from llmd_tui.checks.result import Check, Verdict, failed, skipped
from llmd_tui.errors import UserError
from llmd_tui.events import CheckLine
from llmd_tui.kube.errors import KubeError
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Plan
from llmd_tui.presets.checks import check_texts

LONGEST = 180.0
"""Seconds on the wall for one check. The longest that may take its time is the inference request."""


def _region(e: Expected) -> str:
    return e.azure.region if e.azure else "REGION"


def _show_cluster(e: Expected) -> str:
    group, name = (e.azure.resource_group, e.azure.cluster) if e.azure else ("GROUP", "NAME")
    return f"az aks show --resource-group {group} --name {name}"


_ALL = (
    Check("helm", preflight.helm, lambda e: "helm version --short"),
    Check("hugging-face-token", preflight.hugging_face_token, lambda e: ""),
    Check("azure-login", azure.azure_login, lambda e: "az account show"),
    Check(
        "azure-role",
        azure.azure_role,
        lambda e: "az role assignment list --all --include-inherited --assignee USER",
    ),
    Check(
        "azure-providers",
        azure.azure_providers,
        lambda e: "az provider list --query \"[?registrationState=='Registered'].namespace\"",
    ),
    Check(
        "azure-size",
        azure.azure_size,
        lambda e: f"az vm list-skus --location {_region(e)} --size {e.size.name} --output table",
    ),
    Check(
        "azure-quota",
        azure.azure_quota,
        lambda e: f"az vm list-usage --location {_region(e)} --output table",
    ),
    Check(
        "azure-features",
        azure_cluster.azure_features,
        lambda e: "az feature list --namespace Microsoft.ContainerService --output table",
    ),
    Check(
        "azure-kubernetes",
        azure_cluster.azure_kubernetes,
        lambda e: f"az aks get-versions --location {_region(e)} --output table",
    ),
    Check("azure-cluster", azure_cluster.azure_cluster, _show_cluster),
    Check("cluster-reachable", preflight.cluster_reachable, lambda e: "kubectl version"),
    Check("permissions", preflight.permissions, lambda e: "kubectl auth can-i --list"),
    Check(
        "gpu-nodes",
        preflight.gpu_nodes,
        lambda e: f"kubectl get nodes -l {selector(e.node_labels)}",
    ),
    Check(
        "conflicts",
        conflicts.conflicts,
        lambda e: "helm list --all-namespaces\nkubectl get clusterpolicies,nicclusterpolicies",
    ),
    Check("kubernetes-version", nodes.kubernetes_version, lambda e: "kubectl version"),
    Check(
        "gpu-nodes-ready",
        nodes.gpu_nodes_ready,
        lambda e: f"kubectl get nodes -l {selector(e.node_labels)}",
    ),
    Check("host-size", nodes.host_size, lambda e: "kubectl describe nodes"),
    Check("gpu-allocatable", nodes.gpu_allocatable, commands.allocatable),
    Check(
        "rdma-allocatable",
        nodes.rdma_allocatable,
        lambda e: commands.allocatable(e) if e.rdma_resource else "kubectl get resourceslices",
    ),
    Check(
        "gpu-operator-pods",
        operators.gpu_operator_pods,
        lambda e: f"kubectl --namespace {operators.GPU_OPERATOR} get pods",
    ),
    Check(
        "network-operator-pods",
        operators.network_operator_pods,
        lambda e: f"kubectl --namespace {operators.NETWORK_OPERATOR} get pods",
    ),
    Check("releases", operators.releases, lambda e: "helm list --all-namespaces"),
    Check(
        "gateway-programmed",
        serving.gateway_programmed,
        lambda e: f"kubectl --namespace {e.namespace} get gateway {e.gateway}",
    ),
    Check(
        "route-accepted",
        serving.route_accepted,
        lambda e: f"kubectl --namespace {e.namespace} describe httproute {e.release}",
    ),
    Check(
        "endpoint-picker",
        serving.endpoint_picker,
        lambda e: f"kubectl --namespace {e.namespace} get deployment {e.release}-epp inferencepool {e.release}",
    ),
    Check(
        "services",
        serving.service,
        lambda e: f"kubectl --namespace {e.namespace} get service,endpointslices",
    ),
    Check("model-servers", serving.model_servers, commands.servers),
    Check(
        "monitors",
        serving.monitors,
        lambda e: f"kubectl --namespace {e.namespace} get podmonitors,servicemonitors",
    ),
    Check(
        "locked-memory",
        locked_memory.locked_memory,
        lambda e: f"kubectl --namespace {e.namespace} exec POD -c {e.container} -- {shlex.join(locked_memory.READ)}",
    ),
    Check("inference-request", inference.inference_request, commands.inference_request),
)

CHECKS = {check.id: check for check in _ALL}
"""Ids are what `waive` names: they stay."""


class Checklist:
    """Runs checks, one after the other, on what `surroundings` reach."""

    def __init__(self, wanted: Expected, surroundings: Surroundings) -> None:
        self._expected = wanted
        self._surroundings = surroundings

    @classmethod
    def of(cls, choice: Choice, plan: Plan, surroundings: Surroundings) -> "Checklist":
        return cls(expected(choice, plan), surroundings)

    async def run(
        self, ids: Sequence[str], *, begins: Callable[[str], None] = lambda _: None
    ) -> AsyncIterator[CheckLine]:
        """One line for each id, in that order. The cluster is read afresh."""
        context = Context(self._expected, self._surroundings)
        for check in (CHECKS[name] for name in ids):
            begins(check.id)
            begun = time.monotonic()
            verdict = await _judged(check, context)
            yield CheckLine(
                check.id,
                check_texts()[check.id].title,
                verdict.result,
                verdict.evidence,
                verdict.remedy,
                check.command(self._expected),
                # On the wall, also when a simulation's clock is faster: the requests are real ones.
                seconds=time.monotonic() - begun,
                figures=verdict.figures,
            )


async def _judged(check: Check, context: Context) -> Verdict:
    """What could not be looked at is no pass: skipped where one may not look, else failed."""
    try:
        async with asyncio.timeout(LONGEST):
            return await check.run(context)
    except KubeError as error:
        if error.status == 403:
            return skipped(f"you may not look: {error.message}")
        return failed(error.message, error.remedy)
    except UserError as error:
        return failed(error.message, error.remedy)
    except TimeoutError:
        return failed(f"took longer than {LONGEST:.0f} s", "Try again.")
