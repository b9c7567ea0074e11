"""Logging in line by line."""

from collections.abc import Generator
from pathlib import Path

import pytest

from llmd_tui.commands.login import InLines
from llmd_tui.commands.talk import say
from llmd_tui.draft.draft import SUBSCRIPTION
from llmd_tui.presets.scenarios import Subscription
from llmd_tui.simulator.arm import ArmServer
from tests.azure.entra import CANARY, CODE, PAGE, Entra
from tests.plain.script import Script, answered

FABRIKAM = Subscription(
    id="6b0c3f1e-0000-4000-8000-5d1a70000009",
    name="fabrikam-ml",
    tenant="11111111-2222-4333-8444-555555555555",
    tenant_name="Fabrikam",
)


@pytest.fixture
def entra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Generator[Entra]:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(tmp_path / "azure"))
    with Entra(tmp_path) as server:
        server.use(monkeypatch)
        server.entered.set()
        yield server


def test_the_way_is_chosen_and_the_code_is_a_line(
    azure: ArmServer, entra: Entra, capsys: pytest.CaptureFixture[str]
) -> None:
    script = Script({"How to log in to Azure?": "device-code", "Region": "eastus2"})
    ask = answered(script, person=InLines(say, chooses=True))
    assert [option.name for option in script.options["How to log in to Azure?"] if not option.reason] == ["Device code"]
    out = capsys.readouterr().out
    assert f"To log in, open {PAGE} and enter the code {CODE} (good for 1" in out
    assert CANARY not in out
    assert ask.draft.value(SUBSCRIPTION).value == azure.cloud.subscription
    assert len(entra.tokens) == 1


def test_another_tenant_is_logged_in_to(azure: ArmServer, entra: Entra) -> None:
    azure.cloud.azure = azure.cloud.azure.model_copy(update={"others": (FABRIKAM,)})
    answers = {"How to log in to Azure?": "device-code", "Subscription": ["Tenant Fabrikam", ""], "Region": "eastus2"}
    ask = answered(Script(answers), person=InLines(say, chooses=True))
    assert ask.draft.value(SUBSCRIPTION).value == FABRIKAM.id
    assert f"devicecode {FABRIKAM.tenant}" in entra.asked
