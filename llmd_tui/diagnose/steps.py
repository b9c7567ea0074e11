"""What a remedy does, step by step: as commands, and carried out through the Kubernetes API."""

from collections.abc import Callable, Iterable

from llmd_tui.diagnose.finding import Finding, Step
from llmd_tui.errors import UserError
from llmd_tui.kube.connection import Cluster
from llmd_tui.kube.errors import KubeError
from llmd_tui.rollout.words import listing


def commands(steps: Iterable[Step]) -> str:
    """The equivalent commands, one a line; none for what only we can do."""
    lines: list[str] = []
    pods: dict[str, list[str]] = {}
    for step in steps:
        match step.verb:
            case "delete":
                pods.setdefault(step.subject.namespace, []).append(step.subject.name)
            case "label":
                labels = " ".join(f"{key}={value}" for key, value in step.labels)
                lines.append(f"kubectl label namespace {step.subject.name} {labels} --overwrite")
            case "cordon":
                lines.append(f"kubectl cordon {step.subject.name}")
            case "retry":
                pass
    lines += [f"kubectl -n {namespace} delete pod {' '.join(names)}" for namespace, names in pods.items()]
    return "\n".join(lines)


async def carry_out(finding: Finding, cluster: Cluster | None, retry: Callable[[str], None]) -> str:
    """Does the remedy's steps, each once; what was done, as a sentence.

    What is gone already counts as done. Raises UserError for what the cluster refuses, and when there is none.
    """
    done: list[str] = []
    for step in finding.remedy.steps:
        if step.verb == "retry":
            retry(step.subject.name)
        elif cluster is None:
            raise UserError("There is no connection to the cluster.", "Retry the phase `access` first.")
        else:
            await _at_cluster(step, cluster)
        done.append(written(step))
    return f"{listing(done)}." if done else ""


async def _at_cluster(step: Step, cluster: Cluster) -> None:
    subject = step.subject
    match step.verb:
        case "delete":
            try:
                await cluster.delete("v1", subject.kind, subject.name, subject.namespace)
            except KubeError as error:
                if error.status != 404:
                    raise
        case "label":
            await cluster.patch("v1", "Namespace", subject.name, {"metadata": {"labels": dict(step.labels)}})
        case "cordon":
            await cluster.patch("v1", "Node", subject.name, {"spec": {"unschedulable": True}})
        case "retry":
            raise TypeError("retrying is not the cluster's business")


def written(step: Step) -> str:
    """`pod nvidia-driver-daemonset-9wq7c deleted`."""
    done = {"delete": "deleted", "label": "labelled", "cordon": "cordoned", "retry": "tries again"}[step.verb]
    return f"{step.subject.kind.lower()} {step.subject.name} {done}"
