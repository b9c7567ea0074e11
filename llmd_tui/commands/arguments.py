"""The arguments of the command line. Imports nothing heavy: `--help` answers at once."""

import argparse
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

from llmd_tui import __version__
from llmd_tui.azure.auths import AUTHS

Command: TypeAlias = Callable[[str, str], argparse.ArgumentParser]
"""Adds a command of that name, and what it does in a few words."""

DESCRIPTION = "From az login to the first token served by llm-d on Azure Kubernetes Service, in one terminal program."
EPILOG = """\
Without a command: the wizard. `llmd-tui demo` is the wizard on simulators, where nothing is bought.
Exit codes: 0 done, 1 a phase or check failed, 2 wrong use or bad input and nothing was done,
130 interrupted and resumable.
"""
DEFAULT_SPEED = 60.0


def parser() -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    root = argparse.ArgumentParser("llmd-tui", description=DESCRIPTION, epilog=EPILOG, formatter_class=shape)
    root.add_argument("--version", action="version", version=f"llmd-tui {__version__}")
    _wizard_options(root)
    root.set_defaults(command="wizard")
    commands = root.add_subparsers(title="commands", metavar="COMMAND")

    def command(name: str, text: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
        made.set_defaults(command=name)
        return made

    _wizard_options(command("demo", "the wizard on simulators; nothing is bought"), simulated=True)
    _plan_commands(command)
    _azure_commands(command)
    _export_options(command("export", "writes what was chosen as files that work without this program"))
    _simulate_options(
        command("simulate", "the simulators alone, until stopped; the first line of output tells where they are")
    )
    # What the kubeconfig of a run calls; nobody else needs it.
    token = commands.add_parser("kube-token")
    token.set_defaults(command="kube-token")
    token.add_argument("--server-id", required=True)
    token.add_argument("--tenant-id", default="")
    command("schema", "prints the JSON schema of the answers file")
    command("keys", "lists every key of the screens, as lines for keys.yaml")
    return root


def _plan_commands(command: Command) -> None:
    """Those that take an answers file, and what becomes of it."""
    plan = command("plan", "shows what would be done, how long it takes and what it costs; touches nothing")
    _config_options(plan)
    _output_option(plan)
    _apply_options(command("apply", "carries the plan out"))
    resume = command("resume", "takes a run up again: looks at the cluster and goes on")
    resume.add_argument("id", metavar="RUN", nargs="?", help="as `llmd-tui runs` lists it; default: the newest")
    _output_option(resume)
    _login_options(resume)
    _output_option(command("runs", "lists the runs of this machine"))
    _validate_options(command("validate", "runs the validation checklist alone"))


def _apply_options(made: argparse.ArgumentParser) -> None:
    _config_options(made)
    _output_option(made)
    _login_options(made)
    made.add_argument("--yes", action="store_true", help="do not ask; needed without a terminal")
    made.add_argument("--only", metavar="PHASE", action="append", default=[], help="this phase alone; can be repeated")
    made.add_argument("--skip", metavar="PHASE", action="append", default=[], help="take this phase for done")
    made.add_argument("--from", metavar="PHASE", dest="start", help="this phase and what depends on it")
    made.add_argument("--simulate", metavar="SCENARIO", nargs="?", const="smooth", help="on simulators (smooth)")
    _speed_option(made)


def _validate_options(made: argparse.ArgumentParser) -> None:
    _config_options(made)
    _output_option(made)
    _login_options(made)
    made.add_argument(
        "--report",
        metavar="FILE",
        action="append",
        default=[],
        type=Path,
        help="write the checklist: .md, .html, .json or .xml (JUnit); can be repeated",
    )


def _export_options(made: argparse.ArgumentParser) -> None:
    _config_options(made)
    made.add_argument("--to", metavar="DIR", type=Path, required=True, help="a new or empty directory")


def _simulate_options(made: argparse.ArgumentParser) -> None:
    made.add_argument("scenario", metavar="SCENARIO", nargs="?", default="smooth", help="default: smooth")
    _speed_option(made)
    made.add_argument("--record", metavar="FILE", type=Path, help="write every request as a line of JSON")


def _wizard_options(made: argparse.ArgumentParser, *, simulated: bool = False) -> None:
    made.add_argument("-f", "--file", metavar="FILE", type=Path, help="answers file to begin with")
    made.add_argument("--plain", action="store_true", help="questions line by line")
    made.add_argument("--ascii", action="store_true", help="no letters beyond ASCII")
    if not simulated:
        _login_options(made)
        return
    made.add_argument("--scenario", metavar="SCENARIO", default="smooth", help="what happens (default: smooth)")
    _speed_option(made)


def _azure_commands(command: Command) -> None:
    _capacity_options(command("capacity", "tells which region can give how many GPU nodes, by quota, offer and price"))
    login = command("login", "logs in to Azure and lists what the login sees")
    _azure_options(login)
    _output_option(login)
    destroy = command("destroy", "deletes the node pool, cluster or resource group that llmd-tui made")
    _config_options(destroy)
    destroy.add_argument(
        "--what", choices=("pool", "cluster", "group"), help="default: the widest that is ours and holds nothing else"
    )
    destroy.add_argument("--confirm", metavar="NAME", help="the name of what is deleted; needed without a terminal")
    _output_option(destroy)
    _login_options(destroy)


def _capacity_options(made: argparse.ArgumentParser) -> None:
    made.add_argument("--size", metavar="SIZE", help="this VM size alone, for example Standard_ND96isr_H100_v5")
    made.add_argument("--path", metavar="PATH", help="the sizes that this well-lit path runs on, as many as it needs")
    made.add_argument("--nodes", metavar="N", type=_nodes, help="nodes that are wanted (default: the path's, else 1)")
    made.add_argument("--region", metavar="REGION", action="append", default=[], help="this region; can be repeated")
    made.add_argument("--spot", action="store_true", help="spot nodes: their own quota and price")
    made.add_argument("--fresh", action="store_true", help="ask anew for what was read in the last minutes")
    _azure_options(made)
    _output_option(made)


def _azure_options(made: argparse.ArgumentParser) -> None:
    made.add_argument("--subscription", metavar="ID", help="id or name (default: the Azure CLI's)")
    _login_options(made)


def _login_options(made: argparse.ArgumentParser) -> None:
    """No defaults: what was said before a command's name holds too."""
    unsaid = argparse.SUPPRESS
    ways = f"how to log in to Azure: {', '.join(AUTHS)}"
    made.add_argument("--auth", metavar="HOW", choices=AUTHS, default=unsaid, help=ways)
    clouds = ("public", "usgovernment", "china")
    made.add_argument("--cloud", choices=clouds, default=unsaid, help="Azure's cloud (default: public)")
    made.add_argument("--tenant", metavar="ID", default=unsaid, help="tenant (default: the subscription's)")


def _nodes(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 1000:
        return int(text)
    raise argparse.ArgumentTypeError("give a number from 1 to 1000")


def _config_options(made: argparse.ArgumentParser) -> None:
    made.add_argument("-f", "--file", metavar="FILE", type=Path, required=True, help="answers file")
    made.add_argument(
        "--set", metavar="FIELD=VALUE", action="append", default=[], help="over the file, for example pool.nodes=4"
    )
    made.add_argument("--context", metavar="CONTEXT", help="over the file: the kubeconfig context to use as target")


def _output_option(made: argparse.ArgumentParser) -> None:
    made.add_argument("-o", "--output", choices=("text", "json"), default="text", help="default: text")


def _speed_option(made: argparse.ArgumentParser) -> None:
    made.add_argument(
        "--speed", metavar="N", type=_speed, default=DEFAULT_SPEED, help="times faster than real (default: %(default)g)"
    )


def _speed(text: str) -> float:
    with suppress(ValueError):
        value = float(text)
        if 0.1 <= value <= 10_000:
            return value
    raise argparse.ArgumentTypeError("give a number from 0.1 to 10000")
