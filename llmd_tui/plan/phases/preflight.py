"""All checks that cost nothing."""

from collections.abc import Iterable

from llmd_tui.plan.actions import Checks
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import phase

IN_THE_FILE = "by the answers file"


def preflight(choice: Choice) -> Phase:
    ids = ["helm", "hugging-face-token"]
    if choice.azure:
        ids += ["azure-login", "azure-role", "azure-providers", "azure-size", "azure-quota"]
        ids += ["azure-features", "azure-kubernetes", "azure-cluster"]
    else:
        ids += ["cluster-reachable", "kubernetes-version", "permissions", "gpu-nodes", "conflicts"]
    return phase("preflight", (Checks(tuple(ids), waived(choice, ids)),))


def waived(choice: Choice, ids: Iterable[str]) -> dict[str, str]:
    """What the config lets fail, among these checks."""
    return {name: IN_THE_FILE for name in ids if name in choice.config.waive}
