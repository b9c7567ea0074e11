"""What the bundle is, for somebody who finds it in a repository."""

from collections.abc import Iterator

from llmd_tui import __version__
from llmd_tui.plan.actions import Checks
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.endpoint import Endpoint, endpoint
from llmd_tui.plan.graph import Plan
from llmd_tui.rollout.words import estimate


def readme(choice: Choice, plan: Plan) -> str:
    parts = [*_head(choice), *_cost(plan), *_use(endpoint(choice)), *_phases(plan), *_undo(plan)]
    return "\n".join(parts) + "\n"


def _head(choice: Choice) -> Iterator[str]:
    config = choice.config
    azure, kubeconfig = config.target.azure, config.target.kubeconfig
    where = f"AKS cluster {azure.cluster} in {azure.resource_group}, {azure.region}" if azure else ""
    where = f"the cluster of context {kubeconfig.context}" if kubeconfig else where
    yield f"# {choice.path.title} with llm-d on {where}"
    yield ""
    yield f"Exported by llmd-tui {__version__}: everything that a rollout needs, to be reviewed, kept and run again."
    yield ""
    yield "| File | What it is |"
    yield "|---|---|"
    yield "| `answers.yaml` | what was chosen; `llmd-tui apply -f answers.yaml` does it, with progress and checks |"
    yield "| `install.sh` | the same as plain commands; needs no llmd-tui, and can be run again |"
    yield "| `values/` | the values of every Helm release |"
    yield "| `manifests/` | the objects that are applied, by phase |"
    yield ""
    reference = config.hugging_face_token
    if reference and not reference.startswith("secret:"):
        yield f"No secret is in here: the Hugging Face token is read from `{reference}` when it is needed."
        yield ""
    yield "To change something, edit `answers.yaml` and export again: the other files are made from it."


def _cost(plan: Plan) -> Iterator[str]:
    cost = plan.cost_per_hour
    yield ""
    yield "## Cost and time"
    yield ""
    if cost.amount is not None:
        price = f"{cost.amount:.2f} {cost.currency} an hour"
        yield f"About {price}, by the list price of {cost.as_of}, for as long as the nodes exist."
        if cost.at_most:
            yield f"With all the nodes that the autoscaler may make: {cost.at_most:.2f} {cost.currency} an hour."
    else:
        yield "Nothing is bought." if not cost.as_of else "The price of these nodes is not known."
    yield ""
    yield f"The first run takes about {estimate(plan.critical_seconds)} with llmd-tui; the script, which does one thing"
    yield f"after the other, about {estimate(plan.sequential_seconds)}. These are estimates."


def _use(where: Endpoint) -> Iterator[str]:
    yield ""
    yield "## How to use it"
    yield ""
    yield f"Within the cluster the model {where.model} answers at {where.url}. From outside:"
    yield ""
    yield from ("```sh", f"{where.port_forward} &", where.curl, "```")


def _phases(plan: Plan) -> Iterator[str]:
    yield ""
    yield "## What it makes, in this order"
    yield ""
    for phase in plan.phases:
        if not any(isinstance(action, Checks) for action in phase.actions):
            yield f"- **{phase.name}**: {phase.why}"
    for name, reason in plan.skipped.items():
        yield f"- {name}: not part of it, {reason}"
    if plan.warnings:
        yield ""
        yield "Worth knowing: " + "; ".join(plan.warnings) + "."


def _undo(plan: Plan) -> Iterator[str]:
    yield ""
    yield "## How to undo it"
    yield ""
    yield "`llmd-tui destroy -f answers.yaml` removes what is ours. By hand, from the end:"
    yield ""
    for phase in reversed(plan.phases):
        if phase.undo and phase.undo != "nothing to undo":
            yield f"- **{phase.name}**: {phase.undo}"
