"""All checks that cost nothing."""

from llmd_tui.plan.actions import Checks
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import phase


def preflight(choice: Choice) -> Phase:
    ids = ["helm", "hugging-face-token"]
    if choice.azure:
        ids += ["azure-login", "azure-role", "azure-providers", "azure-size", "azure-quota"]
    else:
        ids += ["cluster-reachable", "kubernetes-version", "permissions", "gpu-nodes", "conflicts"]
    return phase("preflight", (Checks(tuple(ids)),))
