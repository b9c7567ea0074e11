"""What may be loaded when. import-linter reads the source; this looks at what really happens."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

EVERY_ENGINE_MODULE = """
import importlib, pkgutil, sys, llmd_tui
for module in pkgutil.walk_packages(llmd_tui.__path__, "llmd_tui."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print([name for name in sys.modules if name.split(".")[0] in ("textual", "screens")])
"""


def python(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_the_engine_needs_no_textual() -> None:
    assert python(EVERY_ENGINE_MODULE) == "[]"


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_quick_commands_load_nothing_heavy(argument: str) -> None:
    code = f"""
import sys
sys.argv = ["llmd-tui", {argument!r}]
import contextlib, io
from llmd_tui.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main()
heavy = ("textual", "azure", "kubernetes", "aiohttp", "pydantic", "ruamel", "yaml", "questionary")
print(sorted(set(name.split(".")[0] for name in sys.modules) & set(heavy)))
"""
    assert python(code) == "[]"
