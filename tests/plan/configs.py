"""Configs for property tests: what people say, sensible or not, and what must always be possible."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from llmd_tui.config.model import Config
from llmd_tui.plan.fit import path_fit, strategy_fit
from llmd_tui.presets.models import language_models
from llmd_tui.presets.paths import WellLitPath, scorer_profiles, well_lit_paths
from llmd_tui.presets.sizes import Size, sizes, system_sizes
from llmd_tui.presets.strategies import Strategy, strategies

OS_SKUS = ["Ubuntu2204", "Ubuntu2404", "AzureLinux3"]
SUBSCRIPTION = "6b0c7f5e-0000-4000-8000-000000000001"


@dataclass(frozen=True)
class Combination:
    """Size, strategy, path and OS that the wizard would offer together."""

    size: Size
    strategy: Strategy
    path: WellLitPath
    os_sku: str

    @property
    def nodes(self) -> int:
        return self.path.minimum_nodes(self.size.name) or 1


def combinations() -> Iterator[Combination]:
    """All that fit, by the same rules as the screens."""
    for size in sizes():
        for path in well_lit_paths():
            for strategy in strategies():
                for os_sku in size.os_skus:
                    if path_fit(path, size).fits and strategy_fit(strategy, size, os_sku).fits:
                        yield Combination(size, strategy, path, os_sku)


def config(combination: Combination, **more: Any) -> Config:
    """A config of that combination; `more` replaces whole sections."""
    said = {
        "target": {"kubeconfig": {"context": "there"}},
        "pool": {"size": combination.size.name, "nodes": combination.nodes, "osSku": combination.os_sku},
        "drivers": combination.strategy.name,
        "path": {"name": combination.path.name},
        **more,
    }
    return Config.model_validate(said)


def section(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping that says some of these."""
    return st.fixed_dictionaries({}, optional=optional)


def azure(versions: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    required = {
        "subscription": st.just(SUBSCRIPTION),
        "resourceGroup": st.just("llmd"),
        "region": st.just("eastus2"),
        "cluster": st.from_regex(r"[A-Za-z0-9]([-A-Za-z0-9_]{0,10}[A-Za-z0-9])?", fullmatch=True),
    }
    optional = {
        "create": st.booleans(),
        "kubernetesVersion": st.sampled_from(versions),
        "tier": st.sampled_from(["Free", "Standard", "Premium"]),
        "systemPool": section(size=st.sampled_from([s.name for s in system_sizes()]), nodes=st.integers(1, 5)),
        "sshKeyFile": st.just("~/.ssh/id_rsa.pub"),
    }
    return st.fixed_dictionaries(required, optional=optional)


def targets(versions: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    kubeconfig = st.just({"context": "there"})
    return st.fixed_dictionaries({"azure": azure(versions)}) | st.fixed_dictionaries({"kubeconfig": kubeconfig})


# What goes with everything.
options: dict[str, st.SearchStrategy[Any]] = {
    "gateway": section(
        provider=st.sampled_from(["standalone", "istio", "agentgateway"]),
        expose=st.sampled_from(["cluster", "internal", "public"]),
    ),
    "monitoring": section(enabled=st.booleans()),
    "lockedMemory": st.sampled_from(["ipc-lock", "containerd", "nri"]),
    "huggingFaceToken": st.sampled_from(["env:HF_TOKEN", "file:~/token", "keyring:hf", "secret:mine"]),
    "cache": st.fixed_dictionaries(
        {"storageClass": st.just("azurefile-premium")}, optional={"sizeGiB": st.integers(1000, 4096)}
    ),
    "mirror": section(
        charts=st.sampled_from(["oci://mirror.example.com/charts", "/srv/charts/"]),
        manifests=st.sampled_from(["https://mirror.example.com/manifests", "/srv/manifests"]),
    ),
    "namespace": st.just("serving"),
    "release": st.just("0.10"),
    "waive": st.lists(st.sampled_from(["azure-quota", "conflicts"]), unique=True),
}
marks: dict[str, st.SearchStrategy[Any]] = {
    "name": st.just("h100"),
    "taint": st.booleans(),
    "spot": st.booleans(),
    "zone": st.sampled_from("123"),
    "taints": st.lists(st.sampled_from(["team=ml:NoSchedule", "a/b=:NoExecute"]), unique=True),
    "labels": st.lists(st.sampled_from(["team=ml", "a.b/c="]), unique=True),
}


@st.composite
def fitting(draw: st.DrawFn) -> Config:
    """What the screens let one choose, no more: it must plan."""
    chosen = draw(st.sampled_from(list(combinations())))
    pool = draw(section(**marks)) | {
        "size": chosen.size.name,
        "nodes": chosen.nodes + draw(st.integers(0, 3)),
        "osSku": chosen.os_sku,
    }
    more = draw(section(**options, target=targets(["1.34", "1.35"])))
    return config(chosen, **more | {"pool": pool})


role = section(replicas=st.integers(1, 40), tensorParallel=st.integers(1, 16))


@st.composite
def said(draw: st.DrawFn) -> Config:
    """Known names in any combination, with overrides: some plan, the others are refused with a reason."""
    pool = st.fixed_dictionaries(
        {"size": st.sampled_from([s.name for s in sizes()])},
        optional=marks
        | {
            "nodes": st.integers(1, 12),
            "osSku": st.sampled_from(OS_SKUS),
            "osDiskGiB": st.integers(128, 4095),
        },
    )
    path = st.fixed_dictionaries(
        {"name": st.sampled_from([p.name for p in well_lit_paths()])},
        optional={
            "model": st.sampled_from([m.name for m in language_models()]),
            "decode": role,
            "prefill": role,
            "maxModelLen": st.integers(256, 1 << 20),
            "gpuMemoryUtilization": st.floats(0.2, 0.98),
            "scorers": st.sampled_from(list(scorer_profiles())),
        },
    )
    return Config.model_validate(
        draw(
            st.fixed_dictionaries(
                {"target": targets(["1.28", "1.30", "1.33.2", "1.36"]), "pool": pool, "path": path},
                optional=options | {"drivers": st.sampled_from([s.name for s in strategies()])},
            )
        )
    )
