"""Evidence that a node's containers may lock memory: the pod that raised the limit there, or the probe's end."""

from llmd_tui.rollout.cells import Cell, Seat
from llmd_tui.rollout.evidence import by_health, by_pod
from llmd_tui.rollout.pods import health

_STAGE = "locked"


def locked(seat: Seat, _: frozenset[str]) -> Cell:
    """One node after the other where the limit is raised; else one probe pod stands for all nodes."""
    if seat.pod("memlock"):
        return by_pod(seat, _STAGE, "memlock")
    pods = seat.moment.pods
    if any(role == "memlock" for _, role in pods):
        return Cell(_STAGE, "pending", text="one node after the other")
    probes = [probe for (_, role), found in pods.items() if role == "memlock-probe" for probe in found]
    if not probes:
        return Cell(_STAGE, "pending", text="next")
    said = health(probes[0], seat.moment)
    return Cell(_STAGE, "done", since=said.since) if said.word == "completed" else by_health(_STAGE, said)
