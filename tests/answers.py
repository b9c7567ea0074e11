"""Answers files that tests begin with: two H100 nodes, prefill and decode; a new cluster, and one that is there."""

_CHOSEN = """\
pool: {size: Standard_ND96isr_H100_v5, nodes: 2}
drivers: gpu-operator
path: {name: pd-disaggregation}
huggingFaceToken: env:HF_TOKEN
"""
AZURE = f"""\
apiVersion: llmd-tui/v1
target:
  azure: {{subscription: 6b0c7f5e-0000-4000-8000-000000000001, resourceGroup: llmd, region: eastus2, cluster: llmd}}
{_CHOSEN}"""
KUBECONFIG = f"""\
apiVersion: llmd-tui/v1
target:
  kubeconfig: {{context: mine}}
{_CHOSEN}"""
