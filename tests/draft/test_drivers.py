"""What the drivers' step offers."""

import pytest

from llmd_tui.draft.draft import Draft
from llmd_tui.draft.drivers import chosen_strategy, kubernetes_version, os_offers, usual_os
from llmd_tui.presets.node_os import node_oses
from llmd_tui.presets.sizes import Size, size, sizes
from llmd_tui.presets.strategies import Strategy, strategies, strategy

H100 = "Standard_ND96isr_H100_v5"


@pytest.mark.parametrize("chosen", strategies(), ids=lambda each: each.name)
@pytest.mark.parametrize("on", sizes(), ids=lambda each: each.name)
def test_every_size_has_offers_with_the_usual_one_first_that_fits(chosen: Strategy, on: Size) -> None:
    offers = os_offers(chosen, on)
    assert {offer.os.name for offer in offers} == set(on.os_skus) <= set(node_oses())
    fitting = [offer.os.name for offer in offers if offer.fit.fits]
    assert usual_os(chosen, on) == (fitting[0] if fitting else offers[0].os.name)


def test_the_gpu_operator_does_not_run_on_azure_linux() -> None:
    reasons = {offer.os.name: offer.fit.reason for offer in os_offers(strategy("gpu-operator"), size(H100))}
    assert reasons["Ubuntu2404"] == ""
    assert "AzureLinux3" in reasons["AzureLinux3"]


def test_an_unknown_strategy_is_replaced_by_the_first() -> None:
    draft = Draft.begin()
    assert chosen_strategy(draft).name == "gpu-operator"
    draft.answers.set("drivers", "nonsense")
    assert chosen_strategy(draft).name == "gpu-operator"


def test_the_version_of_a_cluster_that_is_there_is_not_ours() -> None:
    draft = Draft.begin()
    assert kubernetes_version(draft) == "1.35"
    draft.aim("kubeconfig")
    assert kubernetes_version(draft) is None
