"""The plan as JSON, complete: every request, release and object that will be sent."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from llmd_tui.plan.actions import Action, Apply, Arm, Checks, Helm, Manifest, Wait
from llmd_tui.plan.commands import commands
from llmd_tui.plan.graph import Phase, Plan


def plan_json(plan: Plan) -> dict[str, Any]:
    """As the Commands table of the design says; times in seconds, money per hour."""
    return {
        "phases": [_phase(phase) for phase in plan.phases],
        "skipped": dict(plan.skipped),
        "critical_path": {"phases": list(plan.critical_path), "seconds": plan.critical_seconds},
        "sequential_seconds": plan.sequential_seconds,
        "cost_per_hour": asdict(plan.cost_per_hour),
        "warnings": list(plan.warnings),
    }


def _phase(phase: Phase) -> dict[str, Any]:
    return {
        "name": phase.name,
        "needs": list(phase.needs),
        "after": list(phase.after),
        "why": phase.why,
        "undo": phase.undo,
        "seconds": asdict(phase.seconds),
        "actions": [action_json(action) for action in phase.actions],
        "done": [action_json(wait)["wait"] for wait in phase.done],
        "commands": phase_commands(phase),
    }


def phase_commands(phase: Phase) -> list[str]:
    """What one would type for the whole phase, its waits included."""
    return [
        command for action in (*phase.actions, *phase.done) for command in commands(action, action_file(phase, action))
    ]


def action_file(phase: Phase, action: Action) -> str:
    """Where an export puts the action's objects or values, relative to the bundle."""
    if isinstance(action, Helm):
        return f"values/{action.release}.yaml"
    applies = [other for other in phase.actions if isinstance(other, Apply)]
    if isinstance(action, Apply) and len(applies) > 1:
        return f"manifests/{phase.name}-{applies.index(action) + 1}.yaml"
    return f"manifests/{phase.name}.yaml"


def action_json(action: Action) -> dict[str, Any]:
    match action:
        case Arm():
            sent = {
                "method": action.method,
                "path": action.path,
                "api_version": action.api_version,
                "body": action.body,
            }
            return {"arm": sent}
        case Helm():
            return {"helm": asdict(action)}
        case Apply():
            return {"apply": {"objects": list(action.objects)}}
        case Manifest():
            return {"manifest": {"url": action.url, "sha256": action.sha256, "crds": list(action.crds)}}
        case Checks():
            return {"checks": {"ids": list(action.ids), **_told(waived=action.waived, left_out=action.left_out)}}
        case Wait():
            return {"wait": {"test": action.test, "what": action.what, "hold": action.hold, **action.arguments}}


def _told(**parts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {name: dict(texts) for name, texts in parts.items() if texts}
