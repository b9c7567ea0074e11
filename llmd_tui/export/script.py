"""The plan as a shell script that runs without this program."""

import re
import shlex
from collections.abc import Iterator

from llmd_tui import __version__
from llmd_tui.config.model import Kubeconfig
from llmd_tui.export.shell import FUNCTIONS, WAIT_FOR, wait_command
from llmd_tui.plan.actions import Action, Apply, Arm, Checks, Helm, Manifest, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.commands import commands
from llmd_tui.plan.endpoint import Endpoint, endpoint
from llmd_tui.plan.graph import Phase, Plan
from llmd_tui.plan.output import action_file

_BUNDLE = "@bundle@/"
_TOOLS = ("az", "helm", "kubectl")
_THERE = {
    ("az", "aks", "create"): ("az aks show", ("--resource-group", "--name", "--subscription")),
    ("az", "aks", "nodepool", "add"): (
        "az aks nodepool show",
        ("--resource-group", "--cluster-name", "--name", "--subscription"),
    ),
}
"""How to see that what a command creates is there: these, unlike the others, cannot be repeated."""

_HEAD = """\
#!/usr/bin/env bash
# Made by llmd-tui {version} from answers.yaml, which see. Needs {tools}, and nothing of llmd-tui.
# Safe to run again: what is there stays, what differs is brought up to date.
set -euo pipefail

bundle=$(cd "$(dirname "${{BASH_SOURCE[0]}}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
umask 077
"""


def script(choice: Choice, plan: Plan) -> str:
    body = "\n".join(line for phase in plan.phases for line in _phase(phase, choice))
    tools = [tool for tool in _TOOLS if re.search(rf"\b{tool} ", body)]
    parts = [_HEAD.format(version=__version__, tools=", ".join(tools)), *_demands(tools, body)]
    parts.append(WAIT_FOR)
    parts += [function for name, function in FUNCTIONS.items() if f" {name} " in body]
    return "".join(parts) + body + "\n" + "\n".join(_tail(endpoint(choice))) + "\n"


def _demands(tools: list[str], body: str) -> Iterator[str]:
    """What must be there, said before anything is done."""
    yield f"for tool in {' '.join(tools)}; do\n"
    yield '  command -v "$tool" >/dev/null || { echo "$tool is not on the PATH" >&2; exit 2; }\n'
    yield "done\n"
    for name in sorted(set(re.findall(r'printf %s "\$([A-Za-z_][A-Za-z0-9_]*)"', body))):
        yield f': "${{{name}:?must hold the secret; it is sent to the cluster and kept nowhere else}}"\n'


def _phase(phase: Phase, choice: Choice) -> Iterator[str]:
    lines = [line for action in (*phase.actions, *phase.done) for line in _action(phase, action)]
    if phase.name == "access":
        lines += _access(choice)
    if lines:
        yield f"\n# {phase.name}: {phase.why}"
        yield f"echo {shlex.quote(f'== {phase.name}')}"
        yield from lines


def _action(phase: Phase, action: Action) -> Iterator[str]:
    file = _BUNDLE + action_file(phase, action)
    match action:
        case Wait():
            yield wait_command(action)
        case Arm():
            yield from _arm(action)
        case Manifest():
            yield from _manifest(action)
        case Helm() | Apply():
            for command in commands(action, file):
                yield command.replace(_BUNDLE, '"$bundle"/')
        case Checks():
            return


def _arm(action: Arm) -> Iterator[str]:
    command = shlex.join(action.command)
    if action.command[:3] == ("az", "feature", "register"):
        yield command
        feature = action.path.split("/")[-2]
        options = shlex.join(action.command[3:])
        yield f"wait_for {shlex.quote(f'{feature} registered')} 0 feature_registered {options}"
        return
    if action.command[:2] == ("az", "rest"):
        _, _, subscription, _, group, _, _, _, cluster, _, pool = action.path.split("/")
        asked = shlex.join(
            ["--resource-group", group, "--cluster-name", cluster, "--name", pool, "--subscription", subscription]
        )
        yield f"az aks nodepool show {asked} --output none 2>/dev/null ||\n  {command}"
        return
    for start, (show, options) in _THERE.items():
        if action.command[: len(start)] == start:
            given = dict(zip(action.command, action.command[1:], strict=False))
            asked = " ".join(f"{option} {shlex.quote(given[option])}" for option in options if option in given)
            yield f"{show} {asked} --output none 2>/dev/null ||\n  {command}"
            return
    yield command.replace("--file kubeconfig", '--file "$work/kubeconfig"')


def _access(choice: Choice) -> Iterator[str]:
    if choice.config.target.kubeconfig:
        yield _own_kubeconfig(choice.config.target.kubeconfig)
    yield 'export KUBECONFIG="$work/kubeconfig"'


def _own_kubeconfig(chosen: Kubeconfig) -> str:
    """A copy that holds the one context: nothing else can be reached by mistake."""
    file = f" --kubeconfig {shlex.quote(chosen.file)}" if chosen.file else ""
    context = shlex.quote(chosen.context)
    return f'kubectl config view --raw --minify --flatten --context {context}{file} > "$work/kubeconfig"'


def _tail(where: Endpoint) -> Iterator[str]:
    yield ""
    yield "cat <<'END'"
    yield from ("== done. To ask it something:", f"{where.port_forward} &", where.curl)
    yield "END"


def _manifest(action: Manifest) -> Iterator[str]:
    """Kinds that are there belong to somebody, perhaps in another version: they are left alone."""
    there = f"kubectl get crd {shlex.join(action.crds)} >/dev/null 2>&1"
    if not action.sha256:
        yield f"{there} ||\n  {commands(action)[0]}"
        return
    pinned = commands(Manifest("@file@", "", ()))[0].replace("@file@", '"$work/manifest.yaml"')
    yield f"{there} || {{"
    yield f'  curl --fail --silent --show-error --location {shlex.quote(action.url)} --output "$work/manifest.yaml"'
    yield f'  echo "{action.sha256}  $work/manifest.yaml" | sha256sum --check --quiet'
    yield f"  {pinned}"
    yield "}"
