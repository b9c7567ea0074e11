"""The sum of a GPU's memory: complete, and right where somebody has seen it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.plan.serving.memory import STEP, memory_sum
from llmd_tui.presets.models import GIB_PER_GB, engine, language_model, language_models
from llmd_tui.presets.sizes import Gpu, size
from tests.serving.wishes import H100, H200

LLAMA = "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic"
gpus = st.builds(
    Gpu,
    model=st.sampled_from(["A100", "H100", "H100 NVL", "A10 1/3"]),
    count=st.just(8),
    memory_gb=st.integers(4, 300),
    vendor=st.just("nvidia"),
)


@given(
    st.sampled_from(language_models()),
    gpus,
    st.sampled_from([1, 2, 4, 8]),
    st.sampled_from([1, 8, 16]),
    st.floats(0, 20),
    st.none() | st.floats(0.2, 0.98),
)
def test_the_terms_add_up_and_what_fits_really_fits(model, gpu, tensor, expert, buffers, utilization) -> None:
    found = memory_sum(model, gpu, tensor, expert_parallel=expert, buffers_gib=buffers, utilization=utilization)
    assert sum(term.gib for term in found.terms) == pytest.approx(found.gpu_gib)
    assert found.gpu_gib < gpu.memory_gb
    assert 0 <= found.fits_tokens <= model.max_context
    assert found.fits_tokens % STEP == 0 or found.whole
    needed = found.fits_tokens * found.kv_bytes_per_token / 2**30
    assert needed <= max(0.0, found.kv_gib) * engine().share_for_one_request + 1e-9
    if found.kv_gib <= 0:
        assert not found.usable


@given(st.sampled_from(language_models()), gpus, st.floats(0.3, 0.9))
def test_more_gpus_and_more_of_each_hold_more(model, gpu, utilization) -> None:
    lengths = [memory_sum(model, gpu, count, utilization=utilization).fits_tokens for count in (2, 4, 8)]
    assert lengths == sorted(lengths)
    assert memory_sum(model, gpu, 2, utilization=utilization + 0.05).fits_tokens >= lengths[0]


def test_llama_on_one_h100_holds_what_the_aks_guide_tells_vllm() -> None:
    found = memory_sum(language_model(LLAMA), size(H100).gpu, 1)
    assert 4500 <= found.fits_tokens < 5500
    assert memory_sum(language_model(LLAMA), size(H200).gpu, 1).whole


def test_gpt_oss_on_one_h100_misses_its_context_only_at_the_older_default() -> None:
    model, gpu = language_model("openai/gpt-oss-120b"), size(H100).gpu
    older = memory_sum(model, gpu, 1, utilization=0.9)
    # "OOMs by ~0.01 GiB": the whole KV cache is needed, without a margin.
    whole = model.max_context * older.kv_bytes_per_token / 2**30
    assert not older.whole and abs(older.kv_gib - whole) < 0.5
    assert memory_sum(model, gpu, 1).whole


def test_a_sliding_window_costs_no_context() -> None:
    model = language_model("openai/gpt-oss-120b")
    found = memory_sum(model, size(H100).gpu, 1)
    assert found.kv_bytes_per_token == 18 * 2 * 8 * 64 * 2, "half of the 36 layers grow with the context"


def test_a_latent_is_on_every_gpu_and_heads_are_shared_until_there_is_one() -> None:
    deepseek, qwen = language_model("deepseek-ai/DeepSeek-R1-0528"), language_model("Qwen/Qwen3-32B")
    assert deepseek.layer_bytes(1) == deepseek.layer_bytes(8) == 576 * 2
    assert qwen.layer_bytes(4) * 4 == qwen.layer_bytes(1)
    assert qwen.layer_bytes(16) == qwen.layer_bytes(8)


def test_experts_are_spread_over_the_whole_group() -> None:
    deepseek = language_model("deepseek-ai/DeepSeek-R1-0528")
    dense = deepseek.whole_gib - deepseek.expert_gb * GIB_PER_GB
    assert deepseek.weights_gib(1, 16) == pytest.approx(dense + deepseek.expert_gb * GIB_PER_GB / 16)
    assert memory_sum(deepseek, size(H200).gpu, 1, expert_parallel=16).whole
    assert not memory_sum(deepseek, size(H200).gpu, 1).usable


def test_a10_pays_for_error_correction() -> None:
    assert engine().visible_gib("A10", 24) < 22 < engine().visible_gib("A100", 24)
