"""The run's own kubeconfig."""

from llmd_tui.plan.actions import Action, Arm
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import phase
from llmd_tui.plan.phases.cluster import AKS_API_VERSION, cluster_path


def access(choice: Choice) -> Phase:
    azure = choice.azure
    actions: tuple[Action, ...] = ()
    if azure:
        path = f"{cluster_path(azure)}/listClusterUserCredential"
        command = (
            *("az", "aks", "get-credentials", "--resource-group", azure.resource_group, "--name", azure.cluster),
            *("--file", "kubeconfig"),
        )
        actions = (Arm("POST", path, AKS_API_VERSION, None, command),)
    return phase("access", actions, needs=("cluster", "preflight"))
