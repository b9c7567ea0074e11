"""`llmd-tui simulate`: the simulators alone."""

from argparse import Namespace

from llmd_tui.simulator.run import main


def run(arguments: Namespace) -> int:
    record = ["--record", str(arguments.record)] if arguments.record else []
    return main([arguments.scenario, "--speed", f"{arguments.speed:g}", *record])
