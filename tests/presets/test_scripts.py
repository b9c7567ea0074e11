"""The scripts that run on nodes: a shell understands them."""

import shutil
import subprocess

import pytest

from llmd_tui.presets.loading import folder
from llmd_tui.presets.scripts import script

NAMES = sorted(entry.name.removesuffix(".sh") for entry in folder("scripts").iterdir())


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash")
@pytest.mark.parametrize("name", NAMES)
def test_bash_understands_it(name: str) -> None:
    done = subprocess.run(["bash", "-n"], input=script(name), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", NAMES)
def test_it_begins_with_what_it_is_for(name: str) -> None:
    whole = folder("scripts", f"{name}.sh").read_text(encoding="utf-8")
    assert whole.startswith("# ")
    assert whole.endswith(script(name))
    assert not script(name).startswith("#")
