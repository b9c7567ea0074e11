"""Back to an earlier question, more about one, and what is kept on the way."""

import pytest

from llmd_tui.simulator.arm import ArmServer
from tests.plain.script import LEAVE, Script, answered


def test_back_and_forward_lose_nothing(azure: ArmServer) -> None:
    script = Script(
        {
            "Resource group": "rg",
            "Cluster name": "mine",
            "Region": ["westeurope", "<"],
            "GPU size": ["<", "NC24ads_A100_v4"],
            "How many nodes": "2",
        }
    )
    whole = answered(script).draft.whole()
    assert script.defaults["Region"] == "westeurope"
    names = ["Where", "Resource", "Cluster", "Region", "GPU size", "Region", "Cluster", "Region", "GPU size"]
    assert [question.split()[0] for question in script.asked[: len(names)]] == [name.split()[0] for name in names]
    assert whole.get("target.azure") == {
        "subscription": whole.get("target.azure.subscription"),
        "resourceGroup": "rg",
        "cluster": "mine",
        "region": "westeurope",
    }


def test_what_is_not_asked_is_no_stop_on_the_way_back(azure: ArmServer) -> None:
    """The subscription is the only one of its login; the clusters were not asked for."""
    script = Script({"Where does": ["new", "new"], "Resource group": "<"})
    answered(script)
    assert script.asked[:4] == [
        "Where does llm-d go?",
        "Resource group [llmd]",
        "Where does llm-d go?",
        script.asked[1],
    ]


def test_nothing_is_before_the_first(azure: ArmServer, capsys: pytest.CaptureFixture[str]) -> None:
    answered(Script({"Where does": ["<", "new"]}))
    assert capsys.readouterr().out.count("This is the first question.") == 1


def test_out_of_the_options_again(azure: ArmServer) -> None:
    script = Script(
        {
            "Change options?": ["yes", "yes"],
            "Change what?": ["namespace", "<", "namespace", "done"],
            "namespace": ["<", "mine"],
        }
    )
    assert answered(script).draft.whole().get("namespace") == "mine"
    assert sum(asked.startswith("Change options?") for asked in script.asked) == 2


def test_more_about_a_question(azure: ArmServer, capsys: pytest.CaptureFixture[str]) -> None:
    answered(Script({"Where does": ["?", ""], "Cluster name": ["?", ""], "GPU size": ["why", ""]}))
    out = capsys.readouterr().out
    assert "Type a number or a name of the list. Enter takes what stands in brackets." in out
    assert "letters, digits, - and _ Enter takes" in out
    assert "Not possible now, " in out
    assert "NC6s_v3: no path yet" in out.split("Not possible now, ")[2]


def test_what_does_not_fit_any_more_is_said(azure: ArmServer, capsys: pytest.CaptureFixture[str]) -> None:
    script = Script(
        {
            "GPU size": "ND96isr_H100_v5",
            "How many nodes": ["2", "1"],
            "Well-lit path": ["pd-disaggregation", "<", "1"],
            "Model": "<",
            "Node OS": ["", "<", ""],
            "GPU drivers": ["", "<", ""],
        }
    )
    assert answered(script).draft.whole().get("path.name") == "optimized-baseline"
    assert "Does not fit any more: pd-disaggregation needs 2" in capsys.readouterr().out


def test_leaving_is_the_end(azure: ArmServer) -> None:
    with pytest.raises(KeyboardInterrupt):
        answered(Script({"Region": LEAVE}))
