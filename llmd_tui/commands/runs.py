"""`llmd-tui runs`: what was run on this machine."""

import json
from argparse import Namespace
from dataclasses import asdict
from datetime import datetime

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.talk import data, say, talk
from llmd_tui.run.directory import directories
from llmd_tui.run.journal import Summary, summary


def run(arguments: Namespace) -> int:
    found = [summary(directory) for directory in directories()]
    if arguments.output == "json":
        data(json.dumps({"runs": [asdict(row) for row in found]}, indent=2))
    elif not found:
        talk("No runs yet. `llmd-tui apply -f FILE` makes one.")
    else:
        width = max(len(row.id) for row in found)
        data(f"{'RUN':<{width}}  OUTCOME      PHASES  STARTED           CLUSTER")
        for row in found:
            say(_line(row, width))
    return Exit.DONE


def _line(row: Summary, width: int) -> str:
    started = f"{datetime.fromtimestamp(row.started):%Y-%m-%d %H:%M}" if row.started else ""
    note = " (simulated)" if row.simulated else ""
    return f"{row.id:<{width}}  {row.outcome:<11}  {f'{row.done}/{row.phases}':>6}  {started:<16}  {row.cluster}{note}"
