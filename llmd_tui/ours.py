"""By what it is told which things in a cluster and in Azure are ours."""

MANAGED_BY = {"app.kubernetes.io/managed-by": "llmd-tui"}
"""Label of every object that is ours: what is undone removes exactly these."""
GPU_NODES = {"sku": "gpu"}
"""Label of the GPU nodes: AKS's own guides', put on the pool by us or on the nodes by their owner."""
TAGS = {"created-by": "llmd-tui"}
"""Tag of resource groups, clusters and node pools that are ours: `destroy` deletes nothing without it."""
