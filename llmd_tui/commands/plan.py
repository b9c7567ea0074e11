"""`llmd-tui plan`: what would be done. Touches nothing."""

import json
from argparse import Namespace

from llmd_tui.commands.exits import Exit
from llmd_tui.commands.inputs import wanted
from llmd_tui.commands.talk import data, say
from llmd_tui.plan.output import plan_json
from llmd_tui.render.plan import plan_text


def run(arguments: Namespace) -> int:
    plan = wanted(arguments).plan
    if arguments.output == "json":
        data(json.dumps(plan_json(plan), indent=2))
    else:
        for line in plan_text(plan).splitlines():
            say(line)
    return Exit.DONE
