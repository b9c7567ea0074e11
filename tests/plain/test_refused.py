"""What cannot be taken is said, and asked again; nothing of it stays in the answers."""

from pathlib import Path

import pytest

from llmd_tui.draft.draft import Draft
from llmd_tui.plain.ask import Option
from llmd_tui.simulator.arm import ArmServer
from tests.plain.script import LEAVE, Script, answered

SUBSCRIPTION = "6b0c3f1e-0000-4000-8000-5d1a70000001"
CANARY = "hf_canary0123456789abcdef"


def not_taken(out: str) -> list[str]:
    return [line.removeprefix("Not taken: ") for line in out.splitlines() if line.startswith("Not taken: ")]


def test_every_kind_of_answer(
    azure: ArmServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", CANARY)
    script = Script(
        {
            "Resource group": ["a/b", "rg"],
            "Cluster name": ["-", "mine"],
            "Region": ["mars", "eastus2"],
            "GPU size": ["NC6s_v3", "99", "ND96isr_H100_v5"],
            "How many nodes": ["two", "0", "101", "9", "2"],
            "GPU drivers": "gpu-operator",
            "Node OS": ["AzureLinux3", "Ubuntu 24.04"],
            "Well-lit path": ["wide-ep", "pd-disaggregation"],
            "Model": ["gpt-9", "3"],
            "Hugging Face token": [CANARY, "env:NOT_THERE", "env:HF_TOKEN"],
            "Change options?": ["perhaps", "no"],
        }
    )
    whole = answered(script).draft.whole()
    said = not_taken(capsys.readouterr().out)
    for words in (
        "a/b",
        "'-' is not valid",
        "mars is none of these.",
        "NC6s_v3: no path yet.",
        "99 is none of these.",
        "two",
        "0 is out of range. Give at least 1",
        "Give at most 100",
        "9 × ND96isr_H100_v5 need 864 vCPU in eastus2, 384 are left.",
        "Azure Linux 3: gpu-operator cannot be carried by AzureLinux3",
        "wide-ep: needs 4 × ND96isr_H200_v5, you have 2 × ND96isr_H100_v5.",
        "gpt-9 is none of these.",
        "reference",
        "The environment variable NOT_THERE is not set.",
        "Give yes or no.",
    ):
        assert words.lower() in said.pop(0).lower()
    assert said == []
    assert whole.leaves() == {
        "apiVersion": "llmd-tui/v1",
        "target.azure.subscription": SUBSCRIPTION,
        "target.azure.resourceGroup": "rg",
        "target.azure.cluster": "mine",
        "target.azure.region": "eastus2",
        "pool.size": "Standard_ND96isr_H100_v5",
        "pool.nodes": 2,
        "drivers": "gpu-operator",
        "path.name": "pd-disaggregation",
        "path.model": "Qwen/Qwen3-32B",
        "huggingFaceToken": "env:HF_TOKEN",
    }


def test_a_token_by_mistake_is_not_repeated(azure: ArmServer, capsys: pytest.CaptureFixture[str]) -> None:
    answered(Script({"Hugging Face token": [CANARY, "none"]}))
    assert CANARY not in capsys.readouterr().out


def test_a_region_without_room_leads_to_all_regions(azure: ArmServer, capsys: pytest.CaptureFixture[str]) -> None:
    script = Script({"Region": "southcentralus", "GPU size": [""], "GPU size to look": "ND96isr_H100_v5"})
    draft = answered(script).draft
    assert script.defaults["GPU size"] == "all regions"
    assert script.defaults["Region for 1 × ND96isr_H100_v5"] == "eastus2"
    assert draft.whole().get("target.azure.region") == "eastus2"
    assert draft.whole().get("pool.size") == "Standard_ND96isr_H100_v5"
    assert "Not possible now, 36: why lists them." in capsys.readouterr().out


def test_no_cluster_to_take(azure: ArmServer, capsys: pytest.CaptureFixture[str]) -> None:
    draft = answered(Script({"Where does": ["existing", "new"]})).draft
    assert "The subscription has no AKS cluster." in capsys.readouterr().out
    assert draft.whole().get("target.azure.create") is None


def test_azure_that_does_not_answer(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setattr("llmd_tui.azure.pipeline.TRIES", 0)
    script = Script({"Where does": ["new", "kubeconfig", LEAVE], "Try again?": ["yes", "no"]})
    with pytest.raises(KeyboardInterrupt):
        answered(script)
    out = capsys.readouterr().out
    assert out.count("Failed: No answer from Azure") == 2
    assert "no kubeconfig at" in out


def test_kubeconfigs_that_lead_nowhere(
    cluster: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = tmp_path / "kubeconfig"
    dead = tmp_path / "dead"
    dead.write_text(
        "apiVersion: v1\nkind: Config\ncontexts: [{name: dead, context: {cluster: c, user: u}}]\n"
        "clusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]\nusers: [{name: u, user: {token: t}}]\n"
    )
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "absent"))
    draft = Draft.begin()
    script = Script({"Where does": ["kubeconfig", LEAVE], "Kubeconfig file": [str(tmp_path / "no"), str(dead)]})
    with pytest.raises(KeyboardInterrupt):
        answered(script, draft)
    out = capsys.readouterr().out
    assert "no kubeconfig at" in out
    assert "Failed: " in out
    assert "127.0.0.1:1" in out
    draft.reset("target.kubeconfig.file")
    monkeypatch.setenv("KUBECONFIG", str(good))
    assert answered(Script({}), draft).draft.whole().get("target.kubeconfig.context") == cluster


def test_what_a_file_says_wrong_is_settled_before_the_plan(
    azure: ArmServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(
        "apiVersion: llmd-tui/v1\n"
        f"target:\n  azure: {{subscription: {SUBSCRIPTION}, resourceGroup: rg, region: eastus2, cluster: old}}\n"
        "pool: {size: Standard_ND96isr_H100_v5, nodes: two}\n"
        "path: {name: pd-disaggregation, decode: {tensorParallel: 3}}\n"
        "namespace: Not-A-Label\n"
    )
    script = Script(
        {
            "Change what?": ["done", "namespace", "path.decode.tensorParallel", "drivers", "done"],
            "namespace": "mine",
            "path.decode.tensorParallel": "4",
            "GPU drivers": ["", "aks-driver"],
        }
    )
    whole = answered(script, Draft.begin(file)).draft.whole()
    out = capsys.readouterr().out
    assert "To be settled: namespace: " in out
    assert "To be settled: path.decode.tensorParallel: " in out
    assert "Not taken: done: something is to be settled." in out
    assert whole.get("pool.nodes") == 2
    assert whole.get("namespace") == "mine"
    assert whole.get("path.decode.tensorParallel") == 4
    assert whole.get("drivers") == "aks-driver"


def test_an_option_in_words() -> None:
    assert Option("a", "A").text == "A"
    assert Option("a", "A", "note").text == "A: note"
    assert Option("a", "A", "note", "reason").text == "A: reason"
