"""What a refused or broken inference request means: status, body and headers of the real path, seen and recorded."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """Matches when the status is this one and `core` is in the body or the reason; an empty body is "(empty)"."""

    status: int
    core: str
    meaning: str
    remedy: str


EMPTY = "(empty)"
DROPPED = "x-llm-d-request-dropped-reason"
_ROWS = (
    Row(
        503,
        "no-endpoints",
        "the endpoint picker found no Ready pod with the InferencePool's labels",
        "List the pods by the pool's selector; a pod can show 1/1 Running and not be Ready.",
    ),
    Row(
        503,
        "failed to find endpoint candidates",
        "the endpoint picker found no Ready pod with the InferencePool's labels",
        "List the pods by the pool's selector; a pod can show 1/1 Running and not be Ready.",
    ),
    Row(
        503,
        "upstream connect error",
        "the chosen model server refused the connection or died during the request",
        "A dead replica gets traffic until its readiness probe fails; look at the model servers' restarts.",
    ),
    Row(
        503, "no healthy upstream", "the endpoint picker does not answer", "Look at the endpoint picker's pod and log."
    ),
    Row(500, EMPTY, "the endpoint picker does not answer", "Look at the endpoint picker's pod and log."),
    Row(
        500,
        "no pods available",
        "no model server is Ready",
        "List the pods by the pool's selector and look at their conditions.",
    ),
    Row(502, EMPTY, "the prefill server cannot be reached", "Look at the prefill pods and at the sidecar's log."),
    Row(502, "BadGateway", "the decode engine behind the sidecar does not answer", "Look at the decode pods' log."),
    Row(
        429,
        "no endpoints available",
        "every pod was filtered out: with prefill and decode apart, no Ready pod has the role decode",
        "This looks like load and is a missing role: look at the pods of each role.",
    ),
    Row(429, "", "the pool is saturated: the request was turned away", "Try again when there is less traffic."),
    Row(404, "does not exist", "the model servers serve another model", "Compare with what /v1/models lists."),
    Row(404, "Not Found", "the engine does not serve this path", "Is that a vLLM behind the pool?"),
    Row(404, "", "no route leads to the pool", "Look at the HTTPRoute and at the gateway's listener."),
    Row(400, "maximum context length", "prompt and answer are longer than the context", "Raise path.maxModelLen."),
    Row(400, "", "the request is not understood", "Is that a vLLM behind the pool?"),
)


def explain(status: int, body: str, headers: Mapping[str, str]) -> tuple[str, str]:
    """What a failed answer means, with who gave it, and the remedy."""
    reason = headers.get(DROPPED, "")
    said = " ".join(body.split())
    text = f"{said or EMPTY} {reason}"
    who = "the model server" if headers.get("server") == "uvicorn" else "the router"
    quoted = f" ({who}: {said[:160]})" if said else f" ({who}, without a word)"
    for row in _ROWS:
        if row.status == status and row.core in text:
            return f"HTTP {status}: {row.meaning}{quoted}", row.remedy
    return f"HTTP {status}{quoted}", "Look at the logs of the endpoint picker and of the model servers."
