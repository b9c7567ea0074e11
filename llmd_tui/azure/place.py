"""Where the things of a config are in Azure: their resource ids."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """`subscription` is its id, or a name as long as nobody asked Azure."""

    subscription: str
    group: str
    cluster: str
    pool: str

    @property
    def for_az(self) -> tuple[str, ...]:
        """Ends every command of the Azure CLI, which may be set to another subscription."""
        return ("--subscription", self.subscription) if self.subscription else ()

    @property
    def group_path(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"

    @property
    def cluster_path(self) -> str:
        return f"{self.group_path}/providers/Microsoft.ContainerService/managedClusters/{self.cluster}"

    @property
    def pool_path(self) -> str:
        return f"{self.cluster_path}/agentPools/{self.pool}"
