"""Layouts: what the paths become on real sizes, and why there is none."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from llmd_tui.plan.serving.layout import Layout, Overrides, RoleOverride
from llmd_tui.plan.serving.problem import Problem
from llmd_tui.plan.serving.roles import Storage
from llmd_tui.presets.models import language_model
from llmd_tui.presets.paths import well_lit_path, well_lit_paths
from llmd_tui.presets.sizes import size
from tests.examples import examples
from tests.serving.wishes import H100, H200, Wish, bad, good, wish, wishes

NC24, A100_40, A100_80 = "Standard_NC24ads_A100_v4", "Standard_ND96asr_v4", "Standard_ND96amsr_A100_v4"
LLAMA = "RedHatAI/Llama-3.3-70B-Instruct-FP8-dynamic"


def shape(made: Layout) -> dict[str, tuple[int, int]]:
    """Replicas and tensor parallelism by role."""
    return {role.role: (role.replicas, role.tensor_parallel) for role in made.roles}


@pytest.mark.parametrize(
    ("path", "on", "nodes", "expected"),
    [
        ("optimized-baseline", NC24, 2, {"decode": (2, 1)}),
        ("optimized-baseline", A100_40, 1, {"decode": (2, 4)}),
        ("optimized-baseline", A100_80, 1, {"decode": (4, 2)}),
        ("optimized-baseline", H100, 2, {"decode": (8, 2)}),  # as llm-d ships it
        ("optimized-baseline", H200, 1, {"decode": (4, 2)}),
        ("optimized-baseline", "Standard_NC96ads_A100_v4", 3, {"decode": (6, 2)}),
        ("precise-prefix-cache-routing", H100, 2, {"decode": (8, 2)}),
        ("pd-disaggregation", H100, 2, {"prefill": (8, 1), "decode": (2, 4)}),  # as llm-d ships it
        ("pd-disaggregation", H200, 3, {"prefill": (12, 1), "decode": (3, 4)}),
        ("wide-ep", H200, 4, {"prefill": (1, 1), "decode": (1, 1)}),
        ("wide-ep", H200, 8, {"prefill": (2, 1), "decode": (2, 1)}),
    ],
)
def test_layouts_as_llm_d_and_the_aks_guide_have_them(path: str, on: str, nodes: int, expected: dict) -> None:
    made = good(wish(path, on, nodes))
    assert shape(made) == expected
    assert made.gpus == nodes * size(on).gpu.count, "no GPU idle"


def test_wide_ep_takes_whole_nodes() -> None:
    made = good(wish("wide-ep", H200))
    assert [(role.gpus, role.nodes_per_replica, role.pods, role.data_parallel) for role in made.roles] == [
        (8, 2, 2, 16)
    ] * 2
    assert not made.limits_context and not made.notes


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (wish("wide-ep", H100, 2), "wide-ep needs 4 × ND96isr_H200_v5, you have 2 × ND96isr_H100_v5"),
        (wish("wide-ep", H200, 2), "wide-ep needs 4 × ND96isr_H200_v5, you have 2 × ND96isr_H200_v5"),
        (wish("pd-disaggregation", H100, 1), "pd-disaggregation needs 2 × ND96isr_H100_v5, you have 1"),
        (wish("pd-disaggregation", A100_40, 2), "pd-disaggregation needs 2 × ND96isr_H100_v5, you have 2 × ND96asr_v4"),
        (wish("optimized-baseline", "Standard_NV6ads_A10_v5"), "optimized-baseline does not run on NV6ads_A10_v5"),
        (wish("optimized-baseline", "Standard_NC4as_T4_v3"), "optimized-baseline does not run on NC4as_T4_v3"),
        (wish("wide-ep", H200, model="Qwen/Qwen3-32B"), "wide-ep does not serve Qwen/Qwen3-32B"),
        (wish("optimized-baseline", NC24, model=LLAMA, decode=RoleOverride(2, 2)), "2 GPUs for one server"),
        (wish("optimized-baseline", H100, decode=RoleOverride(tensor_parallel=3)), "64 attention heads, which 3 GPUs"),
        (wish("optimized-baseline", H100, decode=RoleOverride(replicas=5)), "decode 5 × 2 GPUs are 10, and 1 ×"),
        (wish("optimized-baseline", H100, prefill=RoleOverride(1)), "optimized-baseline has no prefill servers"),
        (wish("pd-disaggregation", H100, prefill=RoleOverride(20)), "prefill 20 × 1 and decode 1 × 4 GPUs are 24"),
        (wish("pd-disaggregation", H100, prefill=RoleOverride(1, 8)), "NIXL cannot hand the cache over"),
        (wish("wide-ep", H200, decode=RoleOverride(tensor_parallel=2)), "every GPU is a rank of its own"),
        (wish("optimized-baseline", "Standard_NV36ads_A10_v5", model="Qwen/Qwen3-32B"), "Qwen3-32B does not fit 1 A10"),
    ],
    ids=lambda value: "" if isinstance(value, Wish) else value[:30],
)
def test_why_not(asked: Wish, message: str) -> None:
    problem = bad(asked)
    assert message in problem.message
    assert problem.remedy.endswith(".") and problem.field


def test_a_reason_of_the_size_is_the_remedy() -> None:
    assert "InfiniBand" in bad(wish("pd-disaggregation", NC24, 2)).remedy
    assert "4 GB" in bad(wish("optimized-baseline", "Standard_NV6ads_A10_v5")).remedy


def test_context_is_limited_only_where_memory_demands_it() -> None:
    assert not good(wish("optimized-baseline", H100)).limits_context
    single = good(wish("optimized-baseline", NC24))
    assert single.limits_context and 20_000 < single.max_model_len < 40_960
    assert any("made for 40960" in note for note in single.notes)


def test_an_asked_context_is_said_and_may_save_gpus() -> None:
    plain = wish("pd-disaggregation", H100, model=LLAMA)
    assert shape(good(plain))["prefill"] == (4, 2), "a whole context needs two GPUs"
    made = good(replace(plain, overrides=Overrides(max_model_len=4500)))
    assert shape(made)["prefill"] == (8, 1), "the AKS guide's layout, at its context"
    assert made.limits_context and made.max_model_len == 4500


def test_a_context_that_does_not_fit_says_what_would() -> None:
    roles = {"prefill": RoleOverride(tensor_parallel=1)}
    asked = wish("pd-disaggregation", H100, model=LLAMA)
    problem = bad(replace(asked, overrides=Overrides(roles, max_model_len=32_000)))
    assert problem.field == "path.maxModelLen"
    assert "path.prefill.tensorParallel: 2" in problem.remedy and "tokens fit" in problem.remedy
    problem = bad(replace(wish("optimized-baseline", H100), overrides=Overrides(max_model_len=50_000)))
    assert "made for 40960" in problem.message


def test_a_utilization_that_is_too_low_says_so() -> None:
    asked = replace(wish("optimized-baseline", NC24), overrides=Overrides(gpu_memory_utilization=0.7))
    assert bad(asked).field == "path.gpuMemoryUtilization"
    assert good(replace(asked, overrides=Overrides(gpu_memory_utilization=0.95))).max_model_len > 30_000


def test_what_is_not_said_yields_to_what_is() -> None:
    assert shape(good(wish("pd-disaggregation", H100, decode=RoleOverride(replicas=3)))) == {
        "prefill": (4, 1),
        "decode": (3, 4),
    }
    crowded = good(wish("pd-disaggregation", H100, prefill=RoleOverride(replicas=12)))
    assert shape(crowded) == {"prefill": (12, 1), "decode": (1, 4)}
    assert not crowded.even and any("larger ones" in note for note in crowded.notes)


def test_a_disk_that_is_too_small_says_how_large() -> None:
    small = replace(wish("optimized-baseline", H100, model="openai/gpt-oss-120b"), storage=Storage(disk_gib=512))
    problem = bad(small)
    assert problem.field == "pool.osDiskGiB" and "896" in problem.remedy
    assert good(replace(small, storage=Storage(disk_gib=896))).disk_gib == 896
    assert good(replace(small, storage=Storage(disk_gib=512, cached=True))).disk_gib <= 512
    assert bad(replace(wish("wide-ep", H200), storage=Storage(disk_gib=1024))).field == "pool.osDiskGiB"


def test_small_nodes_get_smaller_pods() -> None:
    (role,) = good(wish("optimized-baseline", "Standard_NC8ads_A10_v4")).roles
    assert (role.cpu, role.cpu_limit) == (5, 8)
    assert 80 < role.memory_gib < 96 and role.memory_limit_gib == role.memory_gib


def test_every_size_of_every_path_has_a_layout_with_its_presets() -> None:
    for path in well_lit_paths():
        for on, preset in path.sizes.items():
            for nodes in (preset.minimum_nodes, preset.nodes, 2 * preset.nodes):
                made = good(wish(path.name, on, nodes))
                assert made.even or path.multi_host
                assert made.disk_gib <= (2048 if path.multi_host else 1024)


@given(wishes())
@settings(max_examples=examples(300))
def test_a_layout_fits_or_there_is_a_reason(asked: Wish) -> None:
    found = asked.layout()
    if isinstance(found, Problem):
        assert found.message and found.remedy.endswith(".") and found.field.split(".")[0] in ("pool", "path")
        return
    placed = {role.role: sum(node.pods.get(role.role, 0) for node in found.placement) for role in found.roles}
    assert placed == {role.role: role.pods for role in found.roles}, "exactly all pods"
    assert len(found.placement) == asked.nodes
    for node in found.placement:
        assert min(node.left.gpus, node.left.cpu, node.left.memory_gib, node.left.rdma, node.left.disk_gib) >= 0
    for role in found.roles:
        wished = asked.overrides.role(role.role)
        assert wished.replicas in (None, role.replicas)
        assert wished.tensor_parallel in (None, role.tensor_parallel)
        assert role.gpus == (asked.size.gpu.count if asked.path.multi_host else role.tensor_parallel)
        assert found.max_model_len <= role.memory.fits_tokens
        assert role.memory.kv_gib > 0
    assert asked.overrides.max_model_len in (None, found.max_model_len)
    assert found.limits_context or found.max_model_len == asked.model.max_context


@given(wishes())
def test_more_nodes_never_mean_fewer_servers(asked: Wish) -> None:
    plain = replace(asked, overrides=Overrides())
    here, there = plain.layout(), replace(plain, nodes=plain.nodes + 1).layout()
    if isinstance(here, Layout) and isinstance(there, Layout):
        assert [role.replicas for role in there.roles] >= [role.replicas for role in here.roles]


def test_well_lit_paths_answer_to_the_seeds_names() -> None:
    assert well_lit_path("inference-scheduling").name == "optimized-baseline"
    assert well_lit_path("wide-ep-lws").name == "wide-ep"
    assert language_model("qwen/qwen3-32b").name == "Qwen/Qwen3-32B"
