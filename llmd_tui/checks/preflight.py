"""Checks of tools, secrets and the cluster before anything is changed."""

from asyncio import gather
from typing import Any

from llmd_tui.checks.context import Context
from llmd_tui.checks.nodes import NODES
from llmd_tui.checks.result import Verdict, failed, passed, skipped, warned
from llmd_tui.config.secrets import missing
from llmd_tui.kube.errors import KubeError
from llmd_tui.objects import Object
from llmd_tui.rollout.moment import node_ready
from llmd_tui.rollout.reading import has_labels, name_of, part
from llmd_tui.rollout.scheduling import passing, untolerated
from llmd_tui.rollout.words import listing, many

MINIMUM_HELM = (3, 8)
"""The first with charts from OCI registries."""

_METADATA_ONLY = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
_NEEDED = (
    ("create", "", "namespaces"),
    ("create", "apiextensions.k8s.io", "customresourcedefinitions"),
    ("create", "rbac.authorization.k8s.io", "clusterroles"),
    ("create", "rbac.authorization.k8s.io", "clusterrolebindings"),
    ("create", "admissionregistration.k8s.io", "validatingwebhookconfigurations"),
    ("create", "apps", "deployments"),
    ("create", "apps", "daemonsets"),
    ("create", "", "secrets"),
    ("list", "", "nodes"),
    ("watch", "", "pods"),
)
_USEFUL = (("create", "", "pods", "portforward"), ("create", "", "pods", "exec"), ("get", "", "pods", "log"))


async def helm(context: Context) -> Verdict:
    found = await context.helm.version()
    written = f"helm {found[0]}.{found[1]}"
    if found < MINIMUM_HELM:
        return failed(f"{written} knows no OCI registries", "Install Helm 3.8 or newer; 4 is fine.")
    return passed(written)


async def hugging_face_token(context: Context) -> Verdict:
    """The reference leads to something; nothing is read."""
    expected = context.expected
    if not expected.token:
        if expected.gated:
            remedy = "Accept its terms on huggingface.co and set huggingFaceToken, for example to env:HF_TOKEN."
            return failed(f"{expected.model} is gated, and no token was given", remedy)
        return passed(f"none given, and {expected.model} needs none")
    if expected.token.startswith("secret:"):
        return await _secret(context)
    if reason := missing(expected.token, context.environment):
        return failed(reason, "Set it, or let huggingFaceToken refer to where the token is.")
    return passed(f"{expected.token} is there")


async def _secret(context: Context) -> Verdict:
    expected = context.expected
    if expected.azure:
        return skipped("the cluster, which holds the Secret, is reached later")
    path = f"/api/v1/namespaces/{expected.namespace}/secrets/{expected.token_secret}"
    try:
        await context.cluster.request("GET", path, accept=_METADATA_ONLY)
    except KubeError as error:
        if error.status != 404:
            raise
        return failed(
            f"there is no Secret {expected.token_secret} in {expected.namespace}",
            f"`kubectl --namespace {expected.namespace} create secret generic {expected.token_secret} ...`",
        )
    return passed(f"Secret {expected.token_secret} is there")


async def cluster_reachable(context: Context) -> Verdict:
    said = await context.cluster.version()
    return passed(f"{context.cluster.server} answers: {said['gitVersion']}")


async def permissions(context: Context) -> Verdict:
    """The API server is asked whether this user may do what the rollout does."""
    allowed = await gather(*(_may(context, *ability) for ability in (*_NEEDED, *_USEFUL)))
    denied = [ability for ability, yes in zip((*_NEEDED, *_USEFUL), allowed, strict=True) if not yes]
    words = listing([f"{ability[0]} {'/'.join(ability[2:])}" for ability in denied])
    if any(ability in _NEEDED for ability in denied):
        return failed(f"this user may not {words}", "A cluster administrator's rights are needed.")
    if denied:
        return warned(
            f"this user may not {words}", "Logs, the locked-memory check or the test request will be missing."
        )
    return passed(f"all of {len(allowed)} abilities granted")


async def _may(context: Context, verb: str, group: str, resource: str, subresource: str = "") -> bool:
    attributes = {"verb": verb, "group": group, "resource": resource, "subresource": subresource}
    review: dict[str, Any] = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": attributes},
    }
    path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
    answer = await context.cluster.request("POST", path, body=review)
    return bool(answer["status"].get("allowed"))


async def gpu_nodes(context: Context) -> Verdict:
    """Nodes of the size that the config names are there, and labelled as the GPU nodes."""
    expected = context.expected
    view = await context.view(NODES)
    label = ",".join(f"{key}={value}" for key, value in expected.node_labels.items())
    labelled = [node for node in view.all("Node") if has_labels(node, expected.node_labels)]
    bare = [name_of(node) for node in view.all("Node") if _kind(node) == expected.size.name and node not in labelled]
    if len(labelled) < expected.nodes:
        found = f"{many(len(labelled), 'node')} labelled {label}, {expected.nodes} planned"
        if bare:
            return failed(f"{found}; {listing(bare)} not labelled", f"`kubectl label node {' '.join(bare)} {label}`")
        return failed(found, f"Add nodes, set pool.nodes to {len(labelled) or 1}, or label those that are meant.")
    if closed := [taint for node in labelled for taint in _keeping_off(context, node)]:
        taints = listing(list(dict.fromkeys(closed)))
        return failed(
            f"the taint {taints} keeps off what will be installed",
            f"Name it in pool.taints ({closed[0]}): everything that is installed tolerates it then.",
        )
    unready = [name_of(node) for node in labelled if not node_ready(node)]
    if unready:
        return warned(f"{listing(unready)} not Ready", "The rollout waits until enough of them are.")
    others = sorted({_kind(node) for node in labelled} - {expected.size.name, ""})
    if others:
        return warned(f"the nodes are {listing(others)}, the plan is for {expected.size.name}", "Set pool.size.")
    return passed(f"{many(len(labelled), 'node')} labelled {label}")


def _keeping_off(context: Context, node: Object) -> list[str]:
    """The node's lasting taints, as `key=value:effect`, that what goes there does not tolerate."""
    found = untolerated({"tolerations": list(context.expected.tolerations)}, node)
    return [
        f"{taint.get('key')}={taint.get('value') or ''}:{taint.get('effect')}" for taint in found if not passing(taint)
    ]


def _kind(node: dict[str, Any]) -> str:
    return str(part(node, "metadata", "labels").get("node.kubernetes.io/instance-type", ""))
