"""OFED and the RDMA device plugin, by the NVIDIA network operator."""

import json
from typing import Any

from llmd_tui.objects import Object
from llmd_tui.ours import MANAGED_BY
from llmd_tui.plan.actions import Apply, Wait
from llmd_tui.plan.choice import Choice
from llmd_tui.plan.graph import Phase
from llmd_tui.plan.phases.base import Skip, available, namespace, on_every_node, phase, release

NAMESPACE = "network-operator"


def network_operator(choice: Choice) -> Phase | Skip:
    if not choice.rdma:
        return Skip(f"{choice.size.name} has no InfiniBand")
    if choice.strategy.name == "aks-managed-gpu":
        return Skip("this strategy uses the kernel's own InfiniBand modules")
    kinds = ("nodefeaturerules.nfd.k8s-sigs.io", "nicclusterpolicies.mellanox.com")
    return phase(
        "network-operator",
        (
            Apply((namespace(NAMESPACE, privileged=True),)),
            release(choice, "network-operator"),
            Wait("crds-established", "the operator's kinds", {"names": list(kinds)}),
            Apply((node_feature_rule(), nic_cluster_policy(choice))),
        ),
        (
            available(NAMESPACE, "network-operator"),
            Wait("ofed-ready", "OFED ready on every RDMA node", on_every_node(choice), hold=5),
            Wait(
                "allocatable",
                "rdma/ib on every RDMA node",
                {**on_every_node(choice), "resource": choice.strategy.rdma_resource, "each": 1},
            ),
        ),
        needs=("access",),
        after=("gpu-pool",),
        namespaces=(NAMESPACE,),
    )


def node_feature_rule() -> Object:
    """Labels InfiniBand functions and nothing else.

    Azure's rule looks at the device id alone; vendor and class keep an Ethernet function with the same id out.
    """
    features = {
        "vendor": {"op": "In", "value": ["15b3"]},
        "class": {"op": "In", "value": ["0207"]},
        "device": {"op": "In", "value": ["101c", "101e"]},
    }
    return {
        "apiVersion": "nfd.k8s-sigs.io/v1alpha1",
        "kind": "NodeFeatureRule",
        "metadata": {"name": "llmd-tui-infiniband", "labels": MANAGED_BY},
        "spec": {
            "rules": [
                {
                    "name": "InfiniBand function of an Azure VM",
                    "labels": {"feature.node.kubernetes.io/pci-15b3.present": "true"},
                    "matchFeatures": [{"feature": "pci.device", "matchExpressions": features}],
                }
            ]
        },
    }


def nic_cluster_policy(choice: Choice) -> Object:
    """OFED and the shared RDMA plugin, on nodes with InfiniBand only, past the pool's taints."""
    pins = choice.release
    selectors: dict[str, Any] = {"vendors": ["15b3"], "linkTypes": ["infiniband"]}
    return {
        "apiVersion": "mellanox.com/v1alpha1",
        "kind": "NicClusterPolicy",
        "metadata": {"name": "nic-cluster-policy", "labels": MANAGED_BY},
        "spec": {
            "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": {
                    "nodeSelectorTerms": [
                        {
                            "matchExpressions": [
                                {
                                    "key": "feature.node.kubernetes.io/pci-15b3.present",
                                    "operator": "In",
                                    "values": ["true"],
                                }
                            ]
                        }
                    ]
                }
            },
            "tolerations": choice.tolerations,
            "ofedDriver": {
                **pins.ofed.model_dump(),
                # The race between openibd and udev on NDm A100 v4.
                "env": [
                    {
                        "name": "OFED_BLACKLIST_MODULES_FILE",
                        "value": "/host/etc/modprobe.d/blacklist-ofed-modules.conf",
                    }
                ],
                "startupProbe": {"initialDelaySeconds": 10, "periodSeconds": 20, "failureThreshold": 120},
                "upgradePolicy": {"autoUpgrade": False},
            },
            "rdmaSharedDevicePlugin": {
                **pins.rdma_plugin.model_dump(),
                "config": _plugin_config(selectors),
            },
        },
    }


def _plugin_config(selectors: dict[str, Any]) -> str:
    # Eight pods a node may use RDMA at once: a permission, not a count of NICs.
    return json.dumps({"configList": [{"resourceName": "ib", "rdmaHcaMax": 8, "selectors": selectors}]})
