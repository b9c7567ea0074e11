"""From the target to the review by keys alone; back and forward lose nothing; what cannot be taken says why."""

from pathlib import Path

import pytest
from textual import events

from llmd_tui.azure.client import Arm
from llmd_tui.config.answers import Answers
from llmd_tui.plan.choose import choose
from llmd_tui.plan.make import plan_of
from llmd_tui.plan.output import plan_json
from llmd_tui.presets.loading import folder
from screens.wizard.review import ReviewScreen
from screens.wizard.size import SizeScreen
from tests.azure.cloud import put_cluster, put_group, run
from tests.screens.stage import SIZES, Stage, stage

STEPS = ("size", "drivers", "path", "options", "review")


@pytest.mark.parametrize("size", SIZES)
async def test_from_target_to_review(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    async with stage(monkeypatch, size) as shown:
        assert "nothing created yet" in shown.text
        for step in STEPS:
            await shown.walk(step)
            assert shown.screen.verdict_line.verdict.state == "done", shown.verdict
        review = shown.screen
        assert isinstance(review, ReviewScreen)
        assert review.plan
        assert shown.verdict.startswith(f"Ready: {len(review.plan.phases)} phases, about ")
        assert "$98" in shown.verdict or "$99" in shown.verdict
        assert "Y create it" in shown.text


async def test_what_was_chosen_is_the_answers_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    async with stage(monkeypatch) as shown:
        await shown.walk("size")
        await shown.press("plus")
        await shown.walk("drivers")
        await shown.press("down")
        await shown.walk("path")
        await shown.press("down", "down")
        await shown.walk("options", "review")
        review = shown.screen
        assert isinstance(review, ReviewScreen)
        assert review.plan
        await shown.press("e")
        await shown.press("enter")
    answers = Answers.load(tmp_path / "llmd.yaml")
    assert answers.get("pool.nodes") == 2
    assert answers.get("drivers") == "aks-driver"
    assert answers.get("path.name") == "pd-disaggregation"
    assert plan_json(plan_of(choose(answers.config()))) == plan_json(review.plan)


async def test_an_export_never_replaces_another_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_TOKEN", "hf_simulated")
    (tmp_path / "llm-d.yaml").write_text("mine")
    async with stage(monkeypatch, preset="h100-pd-disaggregation", ready=False) as shown:
        await shown.open("review")
        for _ in range(2):
            await shown.press("e")
            await shown.press("enter")
    assert (tmp_path / "llm-d.yaml").read_text() == "mine"
    assert (tmp_path / "llm-d-2.yaml").is_file()
    assert not (tmp_path / "llm-d-3.yaml").exists()


async def test_a_file_fills_everything_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_simulated")
    file = tmp_path / "answers.yaml"
    file.write_text(folder("configs", "h200-wide-ep.yaml").read_text(encoding="utf-8"))
    async with stage(monkeypatch, file=file) as shown:
        assert "file" in shown.text
        await shown.walk(*STEPS)
        assert "4 × ND96isr_H200_v5" in shown.text
        assert shown.app.session.draft.answers.text == file.read_text()


async def test_back_and_forward_lose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch) as shown:
        await shown.walk("size")
        await shown.press("down", "plus")
        chosen = shown.screen
        assert isinstance(chosen, SizeScreen)
        assert chosen.offer
        name, nodes = chosen.offer.size.name, chosen.nodes
        await shown.walk("drivers", "path", "options")
        await shown.press("tab", "tab", "tab", "tab")
        before = shown.app.session.draft.answers.text
        for step in ("path", "drivers", "size", "target"):
            await shown.press("escape")
            await shown.on(step)
        assert shown.app.session.draft.answers.text == before
        await shown.walk("size")
        assert chosen.offer
        assert (chosen.offer.size.name, chosen.nodes) == (name, nodes)
        await shown.walk("drivers", "path", "options", "review")
        assert shown.app.session.draft.answers.text == before


async def test_a_row_that_cannot_be_chosen_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset="h100-optimized-baseline") as shown:
        await shown.walk("size")
        await shown.press("slash", *"MI300X_v5", "enter", "G")
        assert shown.screen.verdict_line.verdict.band == "calm"
        await shown.press("enter")
        assert "no path yet" in shown.verdict
        assert shown.screen.verdict_line.verdict.band == "failed"
        assert shown.app.session.draft.answers.get("pool.size") == "Standard_ND96isr_H100_v5"
        await shown.press("k")
        assert shown.screen.verdict_line.verdict.band == "calm"


async def test_a_size_that_nobody_knows_is_told_and_replaced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    text = folder("configs", "h100-optimized-baseline.yaml").read_text(encoding="utf-8")
    file.write_text(text.replace("Standard_ND96isr_H100_v5", "Standard_ND96isr_H1000_v5"))
    async with stage(monkeypatch, file=file, ready=False) as shown:
        await shown.open("size")
        assert shown.verdict == "Standard_ND96isr_H1000_v5 is not a GPU size that is known here."
        await shown.walk("drivers")
        assert shown.app.session.draft.answers.get("pool.size") == "Standard_ND96isr_H100_v5"


async def test_more_nodes_than_the_quota_has_cannot_be_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch) as shown:
        await shown.walk("size")
        await shown.press(*["plus"] * 4)
        await shown.press("enter")
        assert shown.verdict == "5 × ND96isr_H100_v5 need 480 vCPU in eastus2, 384 are left."
        assert shown.screen.STEP == "size"


async def test_a_changed_size_tells_what_no_longer_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_simulated")
    async with stage(monkeypatch, preset="h100-pd-disaggregation") as shown:
        await shown.walk("size")
        await shown.press("minus")
        assert "pd-disaggregation needs 2 × ND96isr_H100_v5, you have 1" in shown.verdict
        await shown.walk("drivers", "path")
        await shown.press("enter")
        assert "pd-disaggregation needs 2 × ND96isr_H100_v5, you have 1" in shown.verdict
        assert shown.screen.STEP == "path"


async def test_filters_leave_what_they_should(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset="h100-optimized-baseline") as shown:
        await shown.open("size")
        screen = shown.screen
        assert isinstance(screen, SizeScreen)
        await shown.press("1", "2", "3")
        names = [row.key for row in screen.table.rows if not row.heading]
        assert names
        assert all(screen._offers[name].size.rdma for name in names)
        assert all(screen._offers[name].nodes_fit for name in names)
        assert f"{len(names)} of " in screen.table_title.note
        await shown.press("slash", *"nc24")
        assert [row.key for row in screen.table.rows] == []
        assert 'No size fits "RDMA yes, fits quota yes, optimized-baseline, nc24".' in shown.text
        await shown.press("escape")
        assert [row.key for row in screen.table.rows if not row.heading] == names


async def test_sorting_keeps_the_cursor_on_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset="h100-optimized-baseline") as shown:
        await shown.open("size")
        screen = shown.screen
        assert isinstance(screen, SizeScreen)
        await shown.press("down", "down")
        before = screen.table.cursor_key
        await shown.press("s")
        assert screen.table.cursor_key == before
        prices = [offer.size.price for offer in screen._offers.values() if not offer.reason]
        amounts = [price.usd_per_hour for price in prices if price]
        assert amounts == sorted(amounts)


async def test_a_wrong_field_is_told_and_gone_to(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, ready=False) as shown:
        await shown.open("options")
        await shown.press("home", "X", "tab")
        assert "1 field needs you: Namespace" in shown.verdict
        assert "is not valid. Give a text: small" in " ".join(shown.text.split())
        await shown.press("enter")
        assert shown.screen.STEP == "options"
        await shown.press("tab", "tab", "ctrl+n")
        field = shown.screen.field
        assert field
        assert field.path == "namespace"
        await shown.press("ctrl+r")
        assert shown.verdict == "The options are complete."
        assert field.text == "llm-d-optimized-baseline"


async def test_the_pools_further_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, ready=False) as shown:
        await shown.open("options")
        assert "pool.minNodes" not in [field.path for field in shown.screen.fields]
        await write(shown, "pool.maxNodes", "6")
        assert [field.text for field in shown.screen.fields if field.path == "pool.minNodes"] == ["1"]
        await write(shown, "pool.labels", "team=ml, cost")
        assert "1 field needs you: Further labels: 'cost' is not valid." in shown.verdict
        await write(shown, "pool.labels", "team=ml, cost=1")
        assert shown.verdict == "The options are complete."
        assert shown.screen.draft.answers.get("pool.labels") == ["team=ml", "cost=1"]


async def write(shown: Stage, path: str, text: str) -> None:
    """Into a field, and leaves it."""
    field = next(field for field in shown.screen.fields if field.path == path)
    field.control().focus()
    await shown.press("end", *(["backspace"] * len(field.text)), *text, "tab")


async def test_a_token_typed_in_place_of_its_reference_is_kept_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, ready=False) as shown:
        await shown.open("options")
        await _focus(shown, "huggingFaceToken")
        await shown.press(*"hf_canary", "tab")
        assert "takes a reference" in shown.text
        assert "hf_canary" not in shown.text
        assert "hf_canary" not in shown.app.session.draft.answers.text
        await _focus(shown, "huggingFaceToken")
        await shown.press(*"env:NOT_THERE", "tab")
        assert "NOT_THERE is not set" in shown.text
        await _focus(shown, "huggingFaceToken")
        monkeypatch.setenv("NOT_THERE", "hf_canary")
        await shown.press("ctrl+r", *"env:NOT_THERE", "tab")
        assert "✓ set" in shown.text


async def _focus(shown: Stage, path: str) -> None:
    next(field for field in shown.screen.fields if field.path == path).control().focus()
    await shown.pilot.pause()


async def test_an_existing_cluster_is_chosen_from_those_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch) as shown:
        async with await Arm.connect(clock=shown.arm.cloud.clock) as arm:
            await run(arm, put_group(), put_cluster())
        await shown.press("r")
        await shown.until(lambda: bool(shown.app.session.azure.clusters.value))
        shown.screen.query_one("#where").focus()
        await shown.press("down")
        await shown.until(lambda: "1 found" in shown.text)
        await shown.says("Choose the cluster that gets the GPU pool.")
        shown.screen.query_one("#clusters").focus()
        await shown.press("enter")
        await shown.on("size")
        answers = shown.app.session.draft.answers
        assert answers.get("target.azure.create") is False
        assert (answers.get("target.azure.cluster"), answers.get("target.azure.resourceGroup")) == ("llmd", "llmd")
        await shown.walk("drivers", "path", "options", "review")
        assert "cluster llmd" in shown.text
        assert "resource group" not in shown.text
        for step in ("options", "path", "drivers", "size", "target"):
            await shown.press("escape")
            await shown.on(step)
        shown.screen.query_one("#where").focus()
        await shown.press("up")
        assert shown.app.session.draft.target == "new"
        assert not shown.app.session.draft.said("target.azure.region")


async def test_what_stands_in_an_existing_clusters_way_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch) as shown:
        async with await Arm.connect(clock=shown.arm.cloud.clock) as arm:
            await run(arm, put_group(), put_cluster())
        (cluster,) = shown.arm.cloud.clusters.values()
        cluster.resource["properties"] |= {
            "powerState": {"code": "Stopped"},
            "currentKubernetesVersion": "1.28.9",
            "disableLocalAccounts": True,
        }
        await shown.press("r")
        await shown.until(lambda: bool(shown.app.session.azure.clusters.value))
        shown.screen.query_one("#where").focus()
        await shown.press("down")
        shown.screen.query_one("#clusters").focus()
        await shown.until(lambda: "it is stopped" in shown.text)
        assert "az aks start --resource-group llmd --name llmd" in shown.text
        assert "it has Kubernetes 1.28.9; gpu-operator and llm-d need 1.29" in " ".join(shown.text.split())
        assert "system: 1 × D8s_v5" in shown.text
        assert "logged in to with Entra" in shown.text


async def test_the_mouse_does_what_the_keys_do(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset="h100-optimized-baseline") as shown:
        await shown.open("size")
        screen = shown.screen
        assert isinstance(screen, SizeScreen)
        await shown.pilot.click("#sizes", offset=(2, 3))
        assert screen.offer
        assert screen.offer.size.name == "Standard_ND96isr_H200_v5"
        await shown.pilot.click("#chips", offset=(2, 0))
        assert screen.chips.value("1") == "yes"
        await shown.pilot.click("#sizes", offset=(2, 2))
        await shown.pilot.click("#sizes", offset=(2, 2))
        await shown.on("drivers")


async def test_what_is_typed_right_behind_tab_reaches_the_next_field(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch, preset="h100-pd-disaggregation", ready=False) as shown:
        await shown.open("options")
        fields = {field.path: field for field in shown.screen.fields}
        before = fields["namespace"].text
        # As they come from a terminal: without a pause, which a pilot would make.
        for key, character in [
            ("a", "a"),
            *[("tab", "\t")] * 5,
            ("x", "x"),
            ("shift+tab", None),
            ("tab", "\t"),
            ("y", "y"),
        ]:
            shown.app.post_message(events.Key(key, character))
        await shown.until(lambda: fields["target.azure.sshKeyFile"].text == "xy")
        assert fields["namespace"].text == f"{before}a"


async def test_what_was_typed_outlives_news_that_come_as_it_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async with stage(monkeypatch) as shown:
        field = next(field for field in shown.screen.fields if field.path == "target.azure.cluster")
        field.control().focus()
        await shown.press("end", *"-mine")
        shown.screen.set_focus(None)
        shown.screen.show()
        await shown.pilot.pause()
        assert shown.app.session.draft.text("target.azure.cluster").endswith("-mine")
