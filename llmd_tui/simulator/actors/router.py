"""The endpoint picker: what it prints when it starts."""

import json
from collections.abc import Iterator, Mapping
from typing import Any


def epp_lines(container: Mapping[str, Any]) -> Iterator[tuple[float, str]]:
    """JSON lines as the EPP writes them; `{epoch}` becomes the time."""
    flags = {arg.lstrip("-").partition("=")[0]: arg.partition("=")[2] for arg in container.get("args") or ()}
    yield 0.0, _line("GIE build", logger="setup")
    yield 0.0, _line("Flags processed", logger="setup", flags=flags)
    yield 0.3, _line("Instantiated all plugins and applied system defaults. Effective raw configuration")
    yield 0.3, _line("auto-created default producer", producer="token-producer/token-producer")
    yield 0.5, _line("Flow Control layer is disabled via the flowControl feature gate, using legacy admission control")
    yield 0.6, _line("gRPC server listening", name="health", port=9003)
    yield 0.8, _line("Reconciling InferencePool", controller="inferencepool")
    yield 1.0, _line("gRPC server listening", name="ext-proc", port=9002)


def _line(message: str, **more: Any) -> str:
    head = json.dumps({"level": "info"} | more | {"msg": message})
    return head.replace('"level": "info"', '"level": "info", "ts": {epoch}', 1)
