"""What one would type to see for oneself what a check sees, and whose log tells more."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from llmd_tui.checks import inference, operators
from llmd_tui.checks.expected import Expected, selector
from llmd_tui.plan.phases.locked_memory import NAMESPACE, PROBE


@dataclass(frozen=True)
class LogOf:
    """A container of the first pod in `namespace` with these labels and a name that begins with `prefix`."""

    namespace: str
    container: str
    prefix: str = ""
    labels: Mapping[str, str] | None = None


def allocatable(e: Expected) -> str:
    columns = "NAME:.metadata.name,GPU:.status.allocatable.nvidia\\.com/gpu,RDMA:.status.allocatable.rdma/ib"
    return f"kubectl get nodes -l {selector(e.node_labels)} -o custom-columns='{columns}'"


def servers(e: Expected) -> str:
    return "\n".join(
        f"kubectl --namespace {e.namespace} wait --for=condition=Ready --timeout=0 pod -l {selector(s.labels)}"
        for s in e.servers
    )


def inference_request(e: Expected) -> str:
    asked = {"model": e.model, "prompt": inference.QUESTION.prompt, "max_tokens": inference.QUESTION.max_tokens}
    sent = shlex.quote(json.dumps(asked))
    return (
        f"kubectl --namespace {e.namespace} port-forward service/{e.service} 8080:{e.port} &\n"
        f"curl http://127.0.0.1:8080/v1/completions -H 'Content-Type: application/json' -d {sent}"
    )


def log_of(check: str, e: Expected) -> LogOf | None:
    """Whose log tells more about a check; None where no log does."""
    match check:
        case "gpu-operator-pods":
            return LogOf(operators.GPU_OPERATOR, "gpu-operator", prefix="gpu-operator-")
        case "network-operator-pods":
            return LogOf(operators.NETWORK_OPERATOR, "network-operator", prefix="network-operator-")
        case "endpoint-picker" | "services" | "inference-request":
            return LogOf(e.namespace, "epp", prefix=f"{e.release}-epp-")
        case "model-servers" if e.servers:
            return LogOf(e.namespace, e.container, labels=e.servers[0].labels)
        case "locked-memory":
            return LogOf(NAMESPACE, PROBE, prefix=PROBE)
        case _:
            return None
