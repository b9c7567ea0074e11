"""Names from outside stay on their line, and do nothing to the terminal."""

from pathlib import Path

import pytest

from llmd_tui.draft.draft import Draft
from tests.plain.script import LEAVE, Script, answered
from tests.screens.test_bad_input import NAMES, kubeconfig


def test_contexts_may_be_called_anything(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kubeconfig"
    file.write_text(kubeconfig(NAMES))
    monkeypatch.setenv("KUBECONFIG", str(file))
    draft = Draft.begin()
    numbers = [str(number) for number in range(1, len(NAMES) + 1)]
    # None of them answers, which leads back to the question before.
    script = Script({"Where does": ["3", *[""] * (len(NAMES) - 1), LEAVE], "Context": list(numbers)})
    with pytest.raises(KeyboardInterrupt):
        answered(script, draft)
    lines = capsys.readouterr().out.splitlines()
    assert all(line.isprintable() for line in lines)
    first = lines.index("Context")
    options = lines[first + 1 : first + 1 + len(NAMES)]
    assert [line.split(".")[0].strip() for line in options] == numbers
    assert lines[first + 1].startswith("  1. [red]bold[/red] [/] ")
    assert draft.value("target.kubeconfig.context").text == NAMES[-1]
