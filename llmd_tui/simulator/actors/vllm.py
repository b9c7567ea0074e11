"""A model server: how long it takes to start, and what it prints meanwhile."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from llmd_tui.presets.models import GIB_PER_GB, language_models
from llmd_tui.presets.scenarios import Scenario

_SERVED = re.compile(r"vllm\s+serve\s+(\S+)")
_NAME = re.compile(r"[\w.-]+/[\w.-]+")


def is_vllm(container: Mapping[str, Any]) -> bool:
    image = str(container.get("image", ""))
    return "vllm" in image or "llm-d-cuda" in image


def words(container: Mapping[str, Any]) -> Sequence[str]:
    """Command and arguments, a shell script among them taken apart."""
    parts: list[str] = [*(container.get("command") or ()), *(container.get("args") or ())]
    return " ".join(parts).replace("\\\n", " ").split()


def model_of(container: Mapping[str, Any]) -> str:
    """The model's Hugging Face name, from `vllm serve NAME` or `--model NAME`; empty when it says none.

    A script that serves `"$@"` has the name among its arguments.
    """
    if said := option(container, "model"):
        return said
    found = _SERVED.search(" ".join(words(container)))
    named = found[1].strip("'\"") if found else ""
    if _NAME.fullmatch(named):
        return named
    return next((word for word in words(container) if _NAME.fullmatch(word)), "")


def option(container: Mapping[str, Any], name: str, default: str = "") -> str:
    """The value of `--name=value` or `--name value`."""
    said = words(container)
    for place, word in enumerate(said):
        if word.startswith(f"--{name}="):
            return word.partition("=")[2]
        if word == f"--{name}" and place + 1 < len(said):
            return said[place + 1]
    return default


def weights_gib(container: Mapping[str, Any], scenario: Scenario) -> float:
    """What has to come from the hub; the scenario's word for a model that nobody knows."""
    model = model_of(container)
    known = (entry.weights_gb * GIB_PER_GB for entry in language_models() if entry.name == model)
    return next(known, scenario.model_server.default_gib)


def start_seconds(container: Mapping[str, Any], scenario: Scenario) -> float:
    """Fetching the weights, reading them, compiling."""
    gib, times = weights_gib(container, scenario), scenario.model_server
    return gib / times.download_gib_per_second + gib / times.load_gib_per_second + times.compile_seconds


def vllm_lines(container: Mapping[str, Any], seconds: float) -> Iterator[tuple[float, str]]:
    """Its start in vLLM's words, shard by shard; shares of `seconds`."""
    model = model_of(container) or "model"
    api, engine, worker = "(APIServer pid=1) ", "(EngineCore pid=135) ", "(Worker pid=139) "
    port = option(container, "port", "8000")
    yield 0.0, f"{api}INFO {{day}} [api_utils.py:286] non-default args: {{'model_tag': '{model}', 'port': {port}}}"
    yield 0.01, f"{api}INFO {{day}} [model.py:692] Resolved architecture: {_architecture(model)}"
    yield 0.02, f"{engine}INFO {{day}} [core.py:123] Initializing a V1 LLM engine with config: model='{model}'"
    yield 0.03, f"{worker}INFO {{day}} [gpu_model_runner.py:130] Starting to load model {model}..."
    shards = 17
    for shard in range(shards + 1):
        percent = round(100 * shard / shards)
        bar = f"Loading safetensors checkpoint shards: {percent:3d}% Completed | {shard}/{shards}"
        yield 0.55 + 0.2 * shard / shards, f"{worker}{bar}"
    yield 0.76, f"{worker}INFO {{day}} [default_loader.py:430] Loading weights took {seconds * 0.2:.2f} seconds"
    yield 0.90, f"{worker}INFO {{day}} [gpu_worker.py:271] Available KV cache memory: 38.42 GiB"
    yield 0.91, f"{engine}INFO {{day}} [kv_cache_utils.py:2395] GPU KV cache size: 314,720 tokens"
    yield 0.97, f"{worker}INFO {{day}} [gpu_model_runner.py:4310] Graph capturing finished in 12 secs"
    took = f"init engine (profile, create kv cache, warmup model) took {seconds * 0.24:.2f} s"
    yield 0.98, f"{engine}INFO {{day}} [core.py:379] {took}"
    yield 0.99, f"{api}INFO {{day}} [entry.py:139] Starting vLLM server on http://0.0.0.0:{port}"
    yield 0.99, f"{api}INFO {{day}} [launcher.py:70] Route: /v1/models, Methods: GET"
    yield 0.99, f"{api}INFO {{day}} [launcher.py:70] Route: /v1/completions, Methods: POST"
    yield 1.0, f"{api}INFO:     Application startup complete."


def _architecture(model: str) -> str:
    family = model.rpartition("/")[2].partition("-")[0]
    return {"gpt": "GptOssForCausalLM", "DeepSeek": "DeepseekV3ForCausalLM"}.get(family, f"{family}ForCausalLM")
