"""What the review says beside the plan: the cost in parts, what is created, where the answers file goes."""

from pathlib import Path

from llmd_tui.config.answers import Answers
from llmd_tui.errors import UserError
from llmd_tui.objects import Object
from llmd_tui.plan.actions import Apply, Arm, Checks, Helm, Manifest
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.fit import short
from llmd_tui.plan.graph import Phase, Plan
from llmd_tui.plan.make import node_price
from llmd_tui.presets.sizes import system_size
from llmd_tui.presets.tiers import tiers
from llmd_tui.rollout.words import estimate, many

MOST_NAMES = 100


def cost_parts(choice: Choice) -> list[tuple[str, float | None]]:
    """What is bought, and its list price an hour in USD (None: not known). Nothing for a cluster that is there."""
    azure, price = choice.azure, choice.size.price
    if azure is None:
        return []
    nodes = f"{choice.nodes} × {short(choice.size)}" + (", spot, at most" if choice.config.pool.spot else "")
    node = node_price(choice, price.usd_per_hour) if price else None
    parts: list[tuple[str, float | None]] = [(nodes, None if node is None else node * choice.nodes)]
    if azure.create:
        system, count = system_size(str(azure.system_pool.size)), azure.system_pool.nodes or 0
        name = f"{count} × {system.name.removeprefix('Standard_')}"
        parts.append((name, system.price.usd_per_hour * count if system.price else None))
        tier = azure.tier or "Free"
        parts.append((f"AKS {tier} tier", tiers()[tier].usd_per_hour))
    return parts


def created(plan: Plan, choice: Choice) -> list[tuple[str, str]]:
    """What the plan creates, as label and words."""
    azure, pool = choice.azure, str(choice.config.pool.name)
    lines: list[tuple[str, str]] = []
    if azure:
        pools = f"system, {pool}" if azure.create else pool
        lines = [("node pools", pools)]
        if azure.create:
            lines = [("resource group", azure.resource_group), ("cluster", azure.cluster), *lines]
    actions = [action for phase in plan.phases for action in phase.actions]
    releases = [action for action in actions if isinstance(action, Helm)]
    objects: list[Object] = [obj for action in actions if isinstance(action, Apply) for obj in action.objects]
    namespaces = {action.namespace for action in releases} | {
        str(obj["metadata"]["name"]) for obj in objects if obj["kind"] == "Namespace"
    }
    secrets = [str(obj["metadata"]["name"]) for obj in objects if obj["kind"] == "Secret"]
    lines += [
        ("Helm releases", str(len(releases))),
        ("namespaces", str(len(namespaces))),
        ("objects of ours", str(len(objects))),
    ]
    return lines + [("secret", name) for name in secrets]


def does(phase: Phase) -> str:
    """`1 Helm release, 2 objects`: what a phase sends."""
    releases = sum(isinstance(action, Helm) for action in phase.actions)
    objects = sum(len(action.objects) for action in phase.actions if isinstance(action, Apply))
    manifests = sum(isinstance(action, Manifest) for action in phase.actions)
    requests = sum(isinstance(action, Arm) for action in phase.actions)
    checks = sum(len(action.ids) for action in phase.actions if isinstance(action, Checks))
    parts = [(requests, "request"), (releases, "Helm release"), (manifests, "manifest"), (objects, "object")]
    parts.append((checks, "check"))
    return ", ".join(many(count, one) for count, one in parts if count) or "looks, changes nothing"


def sentence(plan: Plan) -> str:
    """`15 phases, about 43m, $197.51/h from then on`."""
    amount = plan.cost_per_hour.amount
    parts = [many(len(plan.phases), "phase"), f"about {estimate(plan.critical_seconds)}"]
    return ", ".join([*parts, *([f"${amount:,.2f}/h from then on"] if amount else [])])


def save(answers: Answers, name: str, directory: Path) -> Path:
    """Writes NAME.yaml; a file of that name with other content stays, and NAME-2.yaml is written. Raises UserError."""
    for number in range(1, MOST_NAMES):
        path = directory / f"{name}{'' if number == 1 else f'-{number}'}.yaml"
        if not path.exists():
            answers.save(path)
            return path
        if path.is_file() and path.read_text(encoding="utf-8", errors="replace") == answers.text:
            return path
    raise UserError(f"{directory} is full of {name}.yaml files.", "Remove some of them.")
