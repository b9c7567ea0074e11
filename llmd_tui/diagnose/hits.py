"""What a look at a failure's signs found, and the words for it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from llmd_tui.diagnose.case import Patient
from llmd_tui.diagnose.finding import Subject
from llmd_tui.diagnose.words import clean, pod_word
from llmd_tui.rollout.names import shorten
from llmd_tui.rollout.roles import role_of
from llmd_tui.rollout.words import many

ROLES = {
    "ofed": "OFED",
    "driver": "driver",
    "toolkit": "toolkit",
    "plugin": "device plugin",
    "rdma-plugin": "RDMA plugin",
    "validator": "validator",
    "nfd-worker": "NFD worker",
    "peermem": "peermem",
    "dranet": "DRANET",
}
WIDTH = 40


@dataclass(frozen=True)
class Hit:
    """One thing on which a failure shows. `seen` is the state it is in, `decisive` the words that tell.

    `values` are what the pattern's groups caught.
    """

    subject: Subject
    decisive: str
    seen: str = ""
    node: str = ""
    since: datetime | None = None
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    patient: Patient | None = None
    image: str = ""
    phase: str = ""


def of_pod(patient: Patient, decisive: str, container: str, image: str, values: Mapping[str, str]) -> Hit:
    said = patient.health
    return Hit(
        subject=Subject("Pod", said.namespace, said.name, container),
        decisive=clean(decisive),
        seen=pod_seen(patient, container),
        node=said.node,
        since=said.since,
        values=values,
        patient=patient,
        image=image,
    )


def pod_seen(patient: Patient, container: str) -> str:
    """`driver pod -9wq7c is 1/2, nvidia-peermem-ctr restarted 3 times`."""
    said = patient.health
    role = ROLES.get(role_of(patient.pod), "")
    name = f"{role} pod {pod_word(said.name)}" if role else shorten(said.name, WIDTH)
    restarts = next((one.restarts for one in patient.containers if one.name == container), 0)
    if restarts:
        return clean(f"{name} is {said.ready}, {container} restarted {many(restarts, 'time')}")
    return clean(f"{name} is {said.ready}, {said.word}")
