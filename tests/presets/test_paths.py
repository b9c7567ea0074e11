"""Well-lit paths, models, scorer profiles and ready-made configs: complete, consistent, and they work together."""

from importlib.resources import files

import pytest
import yaml

from llmd_tui.config.model import Config
from llmd_tui.errors import UserError
from llmd_tui.plan.choose import choose
from llmd_tui.plan.serving.layout import Layout
from llmd_tui.plan.serving.roles import RoleLayout
from llmd_tui.presets.loading import names
from llmd_tui.presets.models import language_model, language_models
from llmd_tui.presets.paths import WellLitPath, scorer_profiles, well_lit_path, well_lit_paths
from llmd_tui.presets.releases import releases
from llmd_tui.presets.scenarios import scenario
from llmd_tui.presets.sizes import size, sizes

GUIDE = {  # the AKS guide's table
    "a100-nc24ads": ("Standard_NC24ads_A100_v4", 2),
    "a100-40gb": ("Standard_ND96asr_v4", 2),
    "a100-80gb": ("Standard_ND96amsr_A100_v4", 2),
    "h100": ("Standard_ND96isr_H100_v5", 3),
    "h200": ("Standard_ND96isr_H200_v5", 4),
}


def each_path() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", well_lit_paths(), ids=lambda path: path.name)


def each_config() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("name", list(names("configs")))


def text_of(name: str) -> str:
    return files("presets").joinpath("configs", f"{name}.yaml").read_text(encoding="utf-8")


def test_the_four_paths_of_the_seeds_simplest_first() -> None:
    assert [(path.name, path.seed_name) for path in well_lit_paths()] == [
        ("optimized-baseline", "inference-scheduling"),
        ("precise-prefix-cache-routing", "precise-prefix-cache-aware"),
        ("pd-disaggregation", "pd"),
        ("wide-ep", "wide-ep-lws"),
    ]


@each_path()
def test_every_size_either_runs_the_path_or_says_why_not(path: WellLitPath) -> None:
    for each in sizes():
        reason = path.why_not(each)
        assert bool(reason) == (each.name not in path.sizes)
        assert "no layout" not in reason, f"{each.name} deserves a reason"
        assert not (each.name in path.sizes and path.name in each.unfit.paths), f"{each.name} both fits and does not"
        assert (path.minimum_nodes(each.name) is None) == bool(reason)
    assert path.reference in path.sizes
    for name, preset in path.sizes.items():
        assert size(name).name == name and 1 <= preset.minimum_nodes <= preset.nodes
        assert path.default_model(name) in path.models


def test_node_counts_are_the_aks_guides() -> None:
    assert well_lit_path("pd-disaggregation").minimum_nodes("Standard_ND96isr_H100_v5") == 2
    assert well_lit_path("pd-disaggregation").minimum_nodes("Standard_ND96isr_H200_v5") == 2
    assert well_lit_path("wide-ep").minimum_nodes("Standard_ND96isr_H200_v5") == 4
    assert well_lit_path("optimized-baseline").minimum_nodes("Standard_NC24ads_A100_v4") == 1
    assert well_lit_path("optimized-baseline").default_nodes("Standard_NC24ads_A100_v4") == 2


@each_path()
def test_a_path_is_consistent(path: WellLitPath) -> None:
    assert all(language_model(name).name == name for name in path.models)
    assert path.rdma == path.disaggregated
    for role in path.roles:
        served = {**role.ports, **(role.sidecar.ports if role.sidecar else {})}
        assert set(path.router.target_ports) <= set(served.values()), "the pool's ports are containers' ports"
        for probe in (role.probes.startup, role.probes.liveness, role.probes.readiness):
            assert probe.port in role.ports
        assert set(role.metrics_ports) <= set(role.ports)
        assert set(role.tensor_parallel) <= {"default", *path.models}
        assert role.probes.startup.period_seconds * role.probes.startup.failure_threshold >= 45 * 60
    assert sum(role.gpu_share for role in path.roles) == 1
    for pins in releases():
        assert ":v" in getattr(pins.images, path.container.image)
    assert len(path.release) + len("-epp") <= 40


def test_every_model_is_served_by_a_path_and_every_profile_used() -> None:
    assert {model.name for model in language_models()} == {name for path in well_lit_paths() for name in path.models}
    assert set(scorer_profiles()) == {name for path in well_lit_paths() for name in path.router.profiles}


def test_models_are_plausible() -> None:
    for model in language_models():
        assert model.attention_heads % model.kv_heads == 0 and model.sliding_layers < model.layers
        assert model.expert_gb < model.weights_gb and model.whole_gib < model.weights_gb
        assert model.needs and "/" in model.name and len(model.short) <= 63
    assert [model.name for model in language_models() if model.gated] == ["meta-llama/Llama-3.1-8B-Instruct"]


@pytest.mark.parametrize(
    ("find", "name", "message"),
    [
        (language_model, "Qwen/Qwen3-23B", "Did you mean Qwen/Qwen3-32B"),
        (language_model, "gpt", "Known are Qwen/Qwen3-32B, "),
        (well_lit_path, "wide", "Known: optimized-baseline, precise-prefix-cache-routing, pd-disaggregation, wide-ep"),
    ],
)
def test_what_is_not_known_is_named(find, name: str, message: str) -> None:
    with pytest.raises(UserError, match=name) as raised:
        find(name)
    assert message in str(raised.value)


def test_there_is_a_config_for_every_size_and_path_of_the_aks_guide() -> None:
    expected = [
        f"{prefix}-{path.name}"
        for prefix, (name, _) in GUIDE.items()
        for path in well_lit_paths()
        if name in path.sizes
    ]
    assert sorted(names("configs")) == sorted(expected) and len(expected) == 13
    for prefix, (name, count) in GUIDE.items():
        found = [config for config in names("configs") if config.startswith(f"{prefix}-")]
        assert len(found) == count
        assert {Config.model_validate(yaml.safe_load(text_of(config))).pool.size for config in found} == {name}


@each_config()
def test_a_ready_made_config_says_what_must_be_said_and_plans(name: str) -> None:
    text = text_of(name)
    config = Config.model_validate(yaml.safe_load(text))
    azure = config.target.azure
    assert azure and azure.create and azure.subscription == scenario().azure.subscription.id
    assert config.hugging_face_token == "env:HF_TOKEN"
    assert name.endswith(config.path.name)
    choice = choose(config)
    assert choice.nodes == config.pool.nodes
    assert f"# {described(choice.layout)}; {choice.model.name}." in text.splitlines(), "the comment is true"


def described(made: Layout) -> str:
    return ", ".join(_servers(role, len(made.roles) == 1) for role in made.roles)


def _servers(role: RoleLayout, only: bool) -> str:
    several = "s" if role.replicas > 1 else ""
    spans = role.nodes_per_replica
    on = f"{spans} nodes" if spans > 1 else f"{role.gpus} GPU{'s' if role.gpus > 1 else ''}"
    return f"{role.replicas} {'model' if only else role.role} server{several} on {on}{' each' if several else ''}"
