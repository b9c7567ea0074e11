"""All checks by id, and the checklist that runs them."""

import asyncio
import shlex
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import replace

from llmd_tui.checks import azure, conflicts, inference, locked_memory, nodes, operators, preflight, serving
from llmd_tui.checks.context import Context, Surroundings
from llmd_tui.checks.expected import Expected, expected, selector
from llmd_tui.checks.result import Check, Result, Verdict, failed, skipped
from llmd_tui.errors import UserError
from llmd_tui.kube.errors import KubeError
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Plan

LONGEST = 180.0
"""Seconds on the wall for one check. The longest that may take its time is the inference request."""


def _nodes_command(e: Expected) -> str:
    columns = "NAME:.metadata.name,GPU:.status.allocatable.nvidia\\.com/gpu,RDMA:.status.allocatable.rdma/ib"
    return f"kubectl get nodes -l {selector(e.node_labels)} -o custom-columns='{columns}'"


def _servers_command(e: Expected) -> str:
    return "\n".join(
        f"kubectl --namespace {e.namespace} wait --for=condition=Ready --timeout=0 pod -l {selector(s.labels)}"
        for s in e.servers
    )


def _inference_command(e: Expected) -> str:
    request = f'{{"model": "{e.model}", "prompt": "{inference.PROMPT}", "max_tokens": {inference.TOKENS}}}'
    return (
        f"kubectl --namespace {e.namespace} port-forward service/{e.service} 8080:{e.port} &\n"
        f"curl http://127.0.0.1:8080/v1/completions -H 'Content-Type: application/json' -d {shlex.quote(request)}"
    )


def _region(e: Expected) -> str:
    return e.azure.region if e.azure else "REGION"


_ALL = (
    Check("helm", "helm is there", preflight.helm, lambda e: "helm version --short"),
    Check("hugging-face-token", "the Hugging Face token is there", preflight.hugging_face_token, lambda e: ""),
    Check("azure-login", "logged in to Azure", azure.azure_login, lambda e: "az account show"),
    Check(
        "azure-role",
        "the login may do what is planned",
        azure.azure_role,
        lambda e: "az role assignment list --all --include-inherited --assignee USER",
    ),
    Check(
        "azure-providers",
        "Azure's providers are registered",
        azure.azure_providers,
        lambda e: "az provider list --query \"[?registrationState=='Registered'].namespace\"",
    ),
    Check(
        "azure-size",
        "the region offers the size",
        azure.azure_size,
        lambda e: f"az vm list-skus --location {_region(e)} --size {e.size.name} --output table",
    ),
    Check(
        "azure-quota",
        "the nodes fit the quota",
        azure.azure_quota,
        lambda e: f"az vm list-usage --location {_region(e)} --output table",
    ),
    Check("cluster-reachable", "the cluster answers", preflight.cluster_reachable, lambda e: "kubectl version"),
    Check(
        "permissions", "this user may do what is planned", preflight.permissions, lambda e: "kubectl auth can-i --list"
    ),
    Check(
        "gpu-nodes",
        "GPU nodes are there and labelled",
        preflight.gpu_nodes,
        lambda e: f"kubectl get nodes -l {selector(e.node_labels)}",
    ),
    Check(
        "conflicts",
        "nothing is in the way",
        conflicts.conflicts,
        lambda e: "helm list --all-namespaces\nkubectl get clusterpolicies,nicclusterpolicies",
    ),
    Check("kubernetes-version", "Kubernetes is recent enough", nodes.kubernetes_version, lambda e: "kubectl version"),
    Check(
        "gpu-nodes-ready",
        "the GPU nodes are Ready",
        nodes.gpu_nodes_ready,
        lambda e: f"kubectl get nodes -l {selector(e.node_labels)}",
    ),
    Check("host-size", "the hosts are large enough", nodes.host_size, lambda e: "kubectl describe nodes"),
    Check("gpu-allocatable", "every GPU is offered", nodes.gpu_allocatable, _nodes_command),
    Check(
        "rdma-allocatable",
        "InfiniBand is offered",
        nodes.rdma_allocatable,
        lambda e: _nodes_command(e) if e.rdma_resource else "kubectl get resourceslices",
    ),
    Check(
        "gpu-operator-pods",
        "the GPU operator's pods are ready",
        operators.gpu_operator_pods,
        lambda e: f"kubectl --namespace {operators.GPU_OPERATOR} get pods",
    ),
    Check(
        "network-operator-pods",
        "the network operator's pods are ready",
        operators.network_operator_pods,
        lambda e: f"kubectl --namespace {operators.NETWORK_OPERATOR} get pods",
    ),
    Check("releases", "the charts are deployed", operators.releases, lambda e: "helm list --all-namespaces"),
    Check(
        "gateway-programmed",
        "the Gateway is programmed",
        serving.gateway_programmed,
        lambda e: f"kubectl --namespace {e.namespace} get gateway {e.gateway}",
    ),
    Check(
        "route-accepted",
        "the route is accepted",
        serving.route_accepted,
        lambda e: f"kubectl --namespace {e.namespace} describe httproute {e.release}",
    ),
    Check(
        "endpoint-picker",
        "the endpoint picker has endpoints",
        serving.endpoint_picker,
        lambda e: f"kubectl --namespace {e.namespace} get deployment {e.release}-epp inferencepool {e.release}",
    ),
    Check(
        "services",
        "the endpoint leads to a pod",
        serving.service,
        lambda e: f"kubectl --namespace {e.namespace} get service,endpointslices",
    ),
    Check("model-servers", "the model servers are Ready", serving.model_servers, _servers_command),
    Check(
        "monitors",
        "metrics are scraped",
        serving.monitors,
        lambda e: f"kubectl --namespace {e.namespace} get podmonitors,servicemonitors",
    ),
    Check(
        "locked-memory",
        "RDMA memory can be locked",
        locked_memory.locked_memory,
        lambda e: f"kubectl --namespace {e.namespace} exec POD -c {e.container} -- {shlex.join(locked_memory.READ)}",
    ),
    Check("inference-request", "a request is answered", inference.inference_request, _inference_command),
)

CHECKS = {check.id: check for check in _ALL}
"""Ids are what `waive` names: they stay."""


class Checklist:
    """Runs checks, one after the other, on what `surroundings` reach."""

    def __init__(self, wanted: Expected, surroundings: Surroundings, waived: Collection[str] = ()) -> None:
        self._expected = wanted
        self._surroundings = surroundings
        self._waived = waived

    @classmethod
    def of(cls, choice: Choice, plan: Plan, surroundings: Surroundings) -> "Checklist":
        return cls(expected(choice, plan), surroundings, choice.config.waive)

    async def run(self, ids: Sequence[str]) -> AsyncIterator[Result]:
        """One result for each id, in that order. The cluster is read afresh."""
        context = Context(self._expected, self._surroundings)
        for check in (CHECKS[name] for name in ids):
            verdict = await _judged(check, context)
            if verdict.result == "fail" and check.id in self._waived:
                verdict = replace(verdict, result="warn", evidence=f"{verdict.evidence} (waived)")
            command = check.command(self._expected)
            yield Result(check.id, check.title, verdict.result, verdict.evidence, verdict.remedy, command)


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
