"""The table of VM sizes: complete, consistent, and clear about what does not work where."""

import pytest

from llmd_tui.errors import UserError
from llmd_tui.presets.sizes import Size, size, sizes, system_size, system_sizes

STRATEGIES = {"gpu-operator", "aks-driver", "aks-managed-gpu"}
PATHS = {"optimized-baseline", "precise-prefix-cache-routing", "pd-disaggregation", "wide-ep"}
GUIDE = {  # the AKS guide's table: size -> paths
    "Standard_NC24ads_A100_v4": {"optimized-baseline", "precise-prefix-cache-routing"},
    "Standard_ND96asr_v4": {"optimized-baseline", "precise-prefix-cache-routing"},
    "Standard_ND96amsr_A100_v4": {"optimized-baseline", "precise-prefix-cache-routing"},
    "Standard_ND96isr_H100_v5": PATHS - {"wide-ep"},
    "Standard_ND96isr_H200_v5": PATHS,
}


def each_size() -> pytest.MarkDecorator:
    return pytest.mark.parametrize("entry", sizes(), ids=lambda s: s.name)


def test_the_guides_sizes_come_first_and_offer_what_the_guide_offers() -> None:
    first = sizes()[: len(GUIDE)]
    assert {s.name: PATHS - set(s.unfit.paths) for s in first} == GUIDE
    assert all(not s.unfit.strategies and s.price for s in first)


def test_names_are_unique() -> None:
    names = [s.name.lower() for s in (*sizes(), *system_sizes())]
    assert len(names) == len(set(names))


@each_size()
def test_a_size_is_consistent(entry: Size) -> None:
    assert set(entry.unfit.strategies) <= STRATEGIES
    assert set(entry.unfit.paths) <= PATHS
    assert all(reason for reason in (*entry.unfit.strategies.values(), *entry.unfit.paths.values()))
    assert entry.rdma == (entry.rdma_gbps > 0)
    suffix = entry.name.removeprefix("Standard_").split("_")[0].lstrip("NCDV0123456789")
    assert entry.rdma == ("r" in suffix), "the lower-case r of the name means RDMA"
    assert f"{entry.vcpus}" in entry.name or entry.name.startswith("Standard_ND")
    assert entry.gpu.count >= 1
    assert entry.os_skus


@each_size()
def test_only_h200_runs_wide_ep_and_only_rdma_runs_pd(entry: Size) -> None:
    assert ("wide-ep" in entry.unfit.paths) == (entry.gpu.model != "H200")
    if not entry.rdma:
        assert "pd-disaggregation" in entry.unfit.paths


def test_sizes_of_a_series_share_the_quota_family() -> None:
    assert size("Standard_NC24ads_A100_v4").family == size("Standard_NC96ads_A100_v4").family
    assert size("Standard_ND96asr_v4").family != size("Standard_ND96amsr_A100_v4").family


def test_a_vgpu_takes_only_the_driver_of_aks() -> None:
    assert set(size("Standard_NV36ads_A10_v5").unfit.strategies) == STRATEGIES - {"aks-driver"}


def test_amd_takes_no_strategy() -> None:
    assert set(size("Standard_ND96isr_MI300X_v5").unfit.strategies) == STRATEGIES


def test_case_does_not_matter() -> None:
    assert size("standard_nd96isr_h100_v5").name == "Standard_ND96isr_H100_v5"
    assert system_size("standard_d8s_v5").vcpus == 8


def test_an_unknown_size_names_its_neighbours() -> None:
    with pytest.raises(UserError) as error:
        size("Standard_ND96isr_H100")
    assert "Standard_ND96isr_H100_v5" in error.value.remedy


def test_an_unknown_size_without_neighbours_names_them_all() -> None:
    with pytest.raises(UserError) as error:
        system_size("m5.xlarge")
    assert "Standard_D2s_v3" in error.value.remedy
