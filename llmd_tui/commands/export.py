"""`llmd-tui export`: what was chosen, as files that work without this program."""

from argparse import Namespace

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.inputs import wanted
from llmd_tui.commands.talk import data
from llmd_tui.export.bundle import write_bundle


def run(arguments: Namespace) -> int:
    chosen = wanted(arguments)
    for path in write_bundle(arguments.to, chosen.answers, chosen.choice, chosen.plan):
        data(str(path))
    return Exit.DONE
