"""`llmd-tui schema`: the JSON schema of the answers file."""

from argparse import Namespace

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.talk import data
from llmd_tui.config.schema import schema


def run(_: Namespace) -> int:
    data(schema().rstrip("\n"))
    return Exit.DONE
