"""Stands in for the helm command: `python -m llmd_tui.simulator.helm upgrade --install ...`.

The same arguments, output and exit codes as far as this program uses them; releases are kept in Secrets that helm
itself can read. What a chart makes comes from `charts`, so that no registry is needed.
"""

import argparse
import json
import signal
import sys
from collections.abc import Callable, Sequence

from llmd_tui.simulator.helm_errors import Failure

VERSION = "v4.3.1"


def main(arguments: Sequence[str] | None = None) -> int:
    parsed = _parser().parse_args(arguments)
    # Helm marks a release failed when it is asked to stop, and can be stopped no other way.
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    command: Callable[[argparse.Namespace], None] = parsed.command
    try:
        command(parsed)
    except Failure as failure:
        sys.stderr.write(f"Error: {failure}\n")
        return 1
    return 0


def _stop(*_: object) -> None:
    raise Failure("context canceled")


def _version(parsed: argparse.Namespace) -> None:
    _print(VERSION if parsed.template or parsed.short else f'version.BuildInfo{{Version:"{VERSION}"}}')


def _upgrade(parsed: argparse.Namespace) -> None:
    from llmd_tui.simulator.helm_release import upgrade

    for line in upgrade(parsed):
        _print(line)


def _uninstall(parsed: argparse.Namespace) -> None:
    from llmd_tui.simulator.helm_release import uninstall

    for line in uninstall(parsed):
        _print(line)


def _rollback(parsed: argparse.Namespace) -> None:
    from llmd_tui.simulator.helm_release import rollback

    rollback(parsed)
    _print("Rollback was a success! Happy Helming!")


def _get(parsed: argparse.Namespace) -> None:
    from llmd_tui.simulator.helm_release import metadata, newest, values

    release = newest(parsed)
    _print(json.dumps(metadata(release) if parsed.what == "metadata" else values(release)))


def _status(parsed: argparse.Namespace) -> None:
    from llmd_tui.simulator.helm_release import newest

    release = newest(parsed)
    _print(json.dumps({key: release[key] for key in ("name", "namespace", "version", "info", "config")}))


def _list(parsed: argparse.Namespace) -> None:
    from llmd_tui.simulator.helm_release import listed

    _print(json.dumps(listed(parsed)))


def _show(parsed: argparse.Namespace) -> None:
    from llmd_tui.simulator.helm_release import described

    for key, value in described(parsed.chart, parsed.version).items():
        _print(f"{key}: {value}")


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--kubeconfig")
    common.add_argument("--kube-context")
    common.add_argument("--namespace", "-n", default="default")
    common.add_argument("--output", "-o", default="table")
    common.add_argument("--timeout", default="5m0s")
    parser = argparse.ArgumentParser(prog="helm", description=__doc__)
    commands = parser.add_subparsers(required=True)

    def command(name: str, run: Callable[[argparse.Namespace], None], *positional: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, parents=[common])
        made.set_defaults(command=run)
        for argument in positional:
            made.add_argument(argument)
        return made

    version = command("version", _version)
    version.add_argument("--template")
    version.add_argument("--short", action="store_true")
    upgrade = command("upgrade", _upgrade, "release", "chart")
    for flag in ("--install", "--create-namespace", "--reset-values", "--force-conflicts", "--take-ownership"):
        upgrade.add_argument(flag, action="store_true")
    upgrade.add_argument("-i", dest="install", action="store_true")
    upgrade.add_argument("--values", "-f", action="append", default=[])
    upgrade.add_argument("--version", default="")
    upgrade.add_argument("--repo", default="")
    command("uninstall", _uninstall, "release").add_argument("--ignore-not-found", action="store_true")
    command("rollback", _rollback, "release").add_argument("revision", nargs="?", type=int, default=0)
    command("get", _get, "what", "release")
    command("status", _status, "release")
    command("list", _list).add_argument("--all-namespaces", "-A", action="store_true")
    show = command("show", _show, "what", "chart")
    show.add_argument("--version", default="")
    show.add_argument("--repo", default="")
    return parser


if __name__ == "__main__":
    sys.exit(main())
