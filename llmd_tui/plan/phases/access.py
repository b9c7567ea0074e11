"""The run's own kubeconfig."""

from llmd_tui.azure import api_versions
from llmd_tui.plan.actions import Action, Arm
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import phase


def access(choice: Choice) -> Phase:
    azure = choice.azure
    actions: tuple[Action, ...] = ()
    if azure:
        path = f"{choice.place.cluster_path}/listClusterUserCredential"
        command = (
            *("az", "aks", "get-credentials", "--resource-group", azure.resource_group, "--name", azure.cluster),
            *("--file", "kubeconfig", *choice.place.for_az),
        )
        actions = (Arm("POST", path, api_versions.AKS, None, command),)
    return phase("access", actions, needs=("cluster", "preflight"))
