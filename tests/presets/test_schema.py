"""Every file of presets is read whole by a schema of ours."""

from collections.abc import Callable
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, get_args

import pytest

import presets
from llmd_tui.config.model import Azure, Config
from llmd_tui.presets import loading
from llmd_tui.presets.checks import check_texts
from llmd_tui.presets.components import components
from llmd_tui.presets.defaults import default_values
from llmd_tui.presets.failures import failures
from llmd_tui.presets.loading import folder, names, read
from llmd_tui.presets.models import engine, language_models
from llmd_tui.presets.node_os import node_oses
from llmd_tui.presets.paths import scorer_profiles, well_lit_paths
from llmd_tui.presets.phases import phase_texts
from llmd_tui.presets.releases import releases
from llmd_tui.presets.remedies import remedies
from llmd_tui.presets.removal import removal_times
from llmd_tui.presets.scenarios import scenario
from llmd_tui.presets.sizes import sizes, system_sizes
from llmd_tui.presets.strategies import strategies
from llmd_tui.presets.system_pool import demands
from llmd_tui.presets.tiers import tiers
from llmd_tui.rollout.news import stage_news
from llmd_tui.rollout.times import node_problems, steps, works

READERS: tuple[Callable[[], Any], ...] = (
    *(check_texts, components, default_values, demands, engine, failures, language_models, node_oses, node_problems),
    *(
        phase_texts,
        releases,
        remedies,
        removal_times,
        scorer_profiles,
        sizes,
        stage_news,
        steps,
        strategies,
        system_sizes,
        tiers,
        well_lit_paths,
    ),
    works,
)
SECTIONS = {
    "models.yaml": {"engine", "models"},
    "sizes.yaml": {"reasons", "gpu", "system"},
    "stages.yaml": {"steps", "containers", "news", "node_problems"},
}
"""Of files that more than one reader reads; `reasons` are anchors of the file itself."""


def test_every_file_is_read_by_a_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()

    def watched(*parts: str) -> Traversable:
        seen.add("/".join(parts))
        return folder(*parts)

    monkeypatch.setattr(loading, "folder", watched)
    read.cache_clear()
    for reader in READERS:
        vars(reader)["__wrapped__"]()
    for name in names("scenarios"):
        vars(scenario)["__wrapped__"](name)
    for name in names("configs"):
        Config.model_validate(read(f"configs/{name}.yaml"))
    root = Path(presets.__path__[0])
    assert {str(path.relative_to(root)) for path in root.rglob("*.yaml")} == {name for name in seen if "." in name}


@pytest.mark.parametrize("name", SECTIONS)
def test_a_file_has_no_section_that_nobody_reads(name: str) -> None:
    assert set(read(name)) == SECTIONS[name]


def test_every_tier_of_an_answers_file_has_its_price() -> None:
    said, _ = get_args(Azure.model_fields["tier"].annotation)
    assert list(tiers()) == list(get_args(said))
