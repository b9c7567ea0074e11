"""The command line: arguments, which command, exit code. Imports nothing heavy: `--help` answers at once."""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from llmd_tui import __version__
from llmd_tui.azure.auths import AUTHS
from llmd_tui.commands.exits import Exit
from llmd_tui.commands.talk import complain, data, prepare_streams, talk
from llmd_tui.errors import UserError

DESCRIPTION = "From az login to the first token served by llm-d on Azure Kubernetes Service, in one terminal program."
EPILOG = """\
Without a command: the wizard. `llmd-tui demo` is the wizard on simulators, where nothing is bought.
Exit codes: 0 done, 1 a phase or check failed, 2 wrong use or bad input and nothing was done,
130 interrupted and resumable.
"""
DEFAULT_SPEED = 60.0
LOGIN_VARIABLES = {"auth": "LLMD_TUI_AUTH", "cloud": "LLMD_TUI_CLOUD", "tenant": "LLMD_TUI_TENANT"}
"""Flags become these: children of this process log in as it does."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code; see `commands.exits`."""
    if arguments is None:
        sys.excepthook = _fault
    prepare_streams()
    parsed = parser().parse_args(arguments)
    for flag, variable in LOGIN_VARIABLES.items():
        if value := getattr(parsed, flag, None):
            os.environ[variable] = value
    try:
        if parsed.command in ("wizard", "demo"):
            return _wizard(parsed)
        if parsed.command == "keys":
            return _keys()
        name = parsed.command.replace("-", "_")
        return importlib.import_module(f"llmd_tui.commands.{name}").run(parsed)
    except UserError as error:
        complain(error)
        return Exit.MISUSE
    except KeyboardInterrupt:
        talk("Stopped.")
        return Exit.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; the interpreter must not flush into the closed pipe once more.
        sys.stdout = None
        return Exit.FAILED


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
    plan = command("plan", "shows what would be done, how long it takes and what it costs; touches nothing")
    _config_options(plan)
    _output_option(plan)
    apply = command("apply", "carries the plan out")
    _config_options(apply)
    _output_option(apply)
    _login_options(apply)
    apply.add_argument("--yes", action="store_true", help="do not ask; needed without a terminal")
    apply.add_argument("--only", metavar="PHASE", action="append", default=[], help="this phase alone; can be repeated")
    apply.add_argument("--skip", metavar="PHASE", action="append", default=[], help="take this phase for done")
    apply.add_argument("--from", metavar="PHASE", dest="start", help="this phase and what depends on it")
    apply.add_argument("--simulate", metavar="SCENARIO", nargs="?", const="smooth", help="on simulators (smooth)")
    _speed_option(apply)
    resume = command("resume", "takes a run up again: looks at the cluster and goes on")
    resume.add_argument("id", metavar="RUN", nargs="?", help="as `llmd-tui runs` lists it; default: the newest")
    _output_option(resume)
    _login_options(resume)
    _output_option(command("runs", "lists the runs of this machine"))
    validate = command("validate", "runs the validation checklist alone")
    _config_options(validate)
    _output_option(validate)
    _login_options(validate)
    validate.add_argument(
        "--report",
        metavar="FILE",
        action="append",
        default=[],
        type=Path,
        help="write the checklist: .md, .html, .json or .xml (JUnit); can be repeated",
    )
    _azure_commands(command)
    export = command("export", "writes what was chosen as files that work without this program")
    _config_options(export)
    export.add_argument("--to", metavar="DIR", type=Path, required=True, help="a new or empty directory")
    simulate = command("simulate", "the simulators alone, until stopped; the first line of output tells where they are")
    simulate.add_argument("scenario", metavar="SCENARIO", nargs="?", default="smooth", help="default: smooth")
    _speed_option(simulate)
    simulate.add_argument("--record", metavar="FILE", type=Path, help="write every request as a line of JSON")
    # What the kubeconfig of a run calls; nobody else needs it.
    token = commands.add_parser("kube-token")
    token.set_defaults(command="kube-token")
    token.add_argument("--server-id", required=True)
    token.add_argument("--tenant-id", default="")
    command("schema", "prints the JSON schema of the answers file")
    command("keys", "lists every key of the screens, as lines for keys.yaml")
    return root


def _wizard_options(made: argparse.ArgumentParser, *, simulated: bool = False) -> None:
    made.add_argument("-f", "--file", metavar="FILE", type=Path, help="answers file to begin with")
    made.add_argument("--plain", action="store_true", help="questions line by line")
    made.add_argument("--ascii", action="store_true", help="no letters beyond ASCII")
    if not simulated:
        _login_options(made)
        return
    made.add_argument("--scenario", metavar="SCENARIO", default="smooth", help="what happens (default: smooth)")
    _speed_option(made)


def _azure_commands(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
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


def _wizard(parsed: argparse.Namespace) -> int:
    """In lines, or on screens. Here alone the engine knows of screens, and late: Textual takes its time."""
    from llmd_tui.commands.terminal import needs_terminal, no_screens, simulators

    needs_terminal()
    demo, scenario = parsed.command == "demo", getattr(parsed, "scenario", "smooth")
    if parsed.plain or no_screens():
        prepare_streams("ascii" if parsed.ascii else None)
        from llmd_tui.plain.wizard import start as start_plain

        with simulators(parsed):
            return start_plain(answers=parsed.file, demo=demo, scenario=scenario)
    from screens.app import start

    speed = getattr(parsed, "speed", DEFAULT_SPEED)
    return start(answers=parsed.file, demo=demo, ascii=parsed.ascii, scenario=scenario, speed=speed)


def _keys() -> int:
    from screens.app import keys

    data(keys())
    return Exit.DONE


def _fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """A mistake of ours: told in a sentence; what we need to find it goes to a file."""
    from llmd_tui.commands.faults import write_fault

    talk(f"llmd-tui made a mistake and stopped: {kind.__name__}: {error}")
    talk(f"The details are in {write_fault(kind, error, trace)}; a report with them helps. `llmd-tui runs` shows runs.")
