"""The tables of volumes, roles, policies and devices."""

from datetime import datetime

from llmd_tui.objects import Object
from llmd_tui.simulator.kubernetes.columns.base import AGE, NAME, Cell, Column, field, length, number, wide
from llmd_tui.simulator.kubernetes.editing import at, listed

_MODES = {
    "ReadWriteOnce": "RWO",
    "ReadOnlyMany": "ROX",
    "ReadWriteMany": "RWX",
    "ReadWriteOncePod": "RWOP",
}


def _modes(*path: str) -> Cell:
    return lambda obj, now: ",".join(_MODES.get(str(mode), str(mode)) for mode in listed(obj, *path))


def _phase(obj: Object, now: datetime) -> str:
    return "Terminating" if obj["metadata"].get("deletionTimestamp") else at(obj, "status", "phase") or ""


def _bound(cell: Cell) -> Cell:
    """Of claims that have a volume."""
    return lambda obj, now: cell(obj, now) if at(obj, "spec", "volumeName") else ""


def _claim(volume: Object, now: datetime) -> str:
    claim = at(volume, "spec", "claimRef")
    return f"{claim.get('namespace', '')}/{claim.get('name', '')}" if claim else ""


def _class_name(of: Object, now: datetime) -> str:
    default = of["metadata"].get("annotations", {}).get("storageclass.kubernetes.io/is-default-class") == "true"
    return of["metadata"]["name"] + (" (default)" if default else "")


def _subjects(kind: str) -> Cell:
    def cell(binding: Object, now: datetime) -> str:
        found = [subject for subject in listed(binding, "subjects") if subject["kind"] == kind]
        accounts = kind == "ServiceAccount"
        return ", ".join(f"{s.get('namespace', '')}/{s['name']}" if accounts else s["name"] for s in found)

    return cell


def _role(binding: Object, now: datetime) -> str:
    return f"{at(binding, 'roleRef', 'kind')}/{at(binding, 'roleRef', 'name')}"


def _claim_state(claim: Object, now: datetime) -> str:
    leaving = bool(claim["metadata"].get("deletionTimestamp"))
    states = ["deleted"] if leaving else []
    if not at(claim, "status", "allocation"):
        return ",".join(states or ["pending"])
    return ",".join([*states, "allocated"] + (["reserved"] if at(claim, "status", "reservedFor") else []))


def _scale_target(scaler: Object, now: datetime) -> str:
    return f"{at(scaler, 'spec', 'scaleTargetRef', 'kind')}/{at(scaler, 'spec', 'scaleTargetRef', 'name')}"


def _param_kind(policy: Object, now: datetime) -> str:
    kind = at(policy, "spec", "paramKind")
    return f"{kind.get('apiVersion', '')}/{kind.get('kind', '')}" if kind else "<unset>"


_BINDING = (
    NAME,
    Column("Role", _role),
    AGE,
    wide("Users", _subjects("User")),
    wide("Groups", _subjects("Group")),
    wide("ServiceAccounts", _subjects("ServiceAccount")),
)
_WEBHOOKS = (NAME, Column("Webhooks", length(("webhooks",)), "integer"), AGE)
_CLASS = field("spec", "storageClassName")
_ATTRIBUTES = Column("VolumeAttributesClass", field("spec", "volumeAttributesClassName", default="<unset>"))
_VOLUME_MODE = wide("VolumeMode", field("spec", "volumeMode", default="<unset>"))

COLUMNS = {
    "persistentvolumeclaims": (
        NAME,
        Column("Status", _phase),
        Column("Volume", field("spec", "volumeName")),
        Column("Capacity", _bound(field("status", "capacity", "storage"))),
        Column("Access Modes", _bound(_modes("status", "accessModes"))),
        Column("StorageClass", _CLASS),
        _ATTRIBUTES,
        AGE,
        _VOLUME_MODE,
    ),
    "persistentvolumes": (
        NAME,
        Column("Capacity", field("spec", "capacity", "storage")),
        Column("Access Modes", _modes("spec", "accessModes")),
        Column("Reclaim Policy", field("spec", "persistentVolumeReclaimPolicy")),
        Column("Status", _phase),
        Column("Claim", _claim),
        Column("StorageClass", _CLASS),
        _ATTRIBUTES,
        Column("Reason", field("status", "reason")),
        AGE,
        _VOLUME_MODE,
    ),
    "storageclasses.storage.k8s.io": (
        Column("Name", _class_name, format="name"),
        Column("Provisioner", field("provisioner")),
        Column("ReclaimPolicy", field("reclaimPolicy", default="Delete")),
        Column("VolumeBindingMode", field("volumeBindingMode", default="Immediate")),
        Column("AllowVolumeExpansion", field("allowVolumeExpansion", default=False)),
        AGE,
    ),
    "csinodes.storage.k8s.io": (NAME, Column("Drivers", length(("spec", "drivers")), "integer"), AGE),
    "rolebindings.rbac.authorization.k8s.io": _BINDING,
    "clusterrolebindings.rbac.authorization.k8s.io": _BINDING,
    "poddisruptionbudgets.policy": (
        NAME,
        Column("Min Available", lambda obj, now: str(field("spec", "minAvailable", default="N/A")(obj, now))),
        Column("Max Unavailable", lambda obj, now: str(field("spec", "maxUnavailable", default="N/A")(obj, now))),
        number("Allowed Disruptions", "status", "disruptionsAllowed"),
        AGE,
    ),
    "horizontalpodautoscalers.autoscaling": (
        NAME,
        Column("Reference", _scale_target),
        Column("Targets", lambda obj, now: "<unknown>" if at(obj, "spec", "metrics") else "<none>"),
        Column("MinPods", lambda obj, now: str(field("spec", "minReplicas", default="<unset>")(obj, now))),
        Column("MaxPods", field("spec", "maxReplicas", default=0)),
        Column("Replicas", field("status", "currentReplicas", default=0)),
        AGE,
    ),
    "mutatingwebhookconfigurations.admissionregistration.k8s.io": _WEBHOOKS,
    "validatingwebhookconfigurations.admissionregistration.k8s.io": _WEBHOOKS,
    "validatingadmissionpolicies.admissionregistration.k8s.io": (
        NAME,
        Column("Validations", length(("spec", "validations")), "integer"),
        Column("ParamKind", _param_kind),
        AGE,
    ),
    "deviceclasses.resource.k8s.io": (NAME, AGE),
    "resourceclaims.resource.k8s.io": (NAME, Column("State", _claim_state), AGE),
    "resourceclaimtemplates.resource.k8s.io": (NAME, AGE),
    "resourceslices.resource.k8s.io": (
        NAME,
        Column("Node", field("spec", "nodeName")),
        Column("Driver", field("spec", "driver")),
        Column("Pool", field("spec", "pool", "name")),
        AGE,
    ),
}
