"""What answers at once, and what it does not import for that."""

import json
import subprocess
import sys

import pytest

HEAVY = ("textual", "rich", "azure", "msal", "kubernetes", "aiohttp", "pydantic", "yaml", "asyncio", "screens")

CODE = """
import json, sys
from llmd_tui.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
sys.stderr.write(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_nothing_heavy_is_imported(argument: str) -> None:
    done = subprocess.run([sys.executable, "-c", CODE, argument], capture_output=True, text=True, check=True)
    assert "llmd-tui" in done.stdout
    assert not set(HEAVY) & set(json.loads(done.stderr))
