"""How a pod is: in one word for a table, with the reason and what it waits for."""

from dataclasses import replace
from datetime import datetime, timedelta

from llmd_tui.objects import Object
from llmd_tui.rollout.containers import CREATE_ERRORS, PULL_ERRORS, Active, active, all_containers, beyond_normal
from llmd_tui.rollout.dependencies import TITLES, awaited, gate_opened, sandbox, sandbox_trouble
from llmd_tui.rollout.health import PodHealth, blank
from llmd_tui.rollout.moment import Moment, node_of, node_ready
from llmd_tui.rollout.reading import changed, condition_of, deleted, dig, holds, latest, text
from llmd_tui.rollout.roles import role_of
from llmd_tui.rollout.scheduling import unplaced
from llmd_tui.rollout.sightings import pull_started
from llmd_tui.rollout.times import Step, step, work, works
from llmd_tui.rollout.words import duration, many

_RECENT = timedelta(minutes=10)
_OVERDUE = timedelta(seconds=60)


def health(pod: Object, moment: Moment) -> PodHealth:
    """Judged from the outside in: node, deletion, end, scheduling, sandbox, containers."""
    current = active(pod)
    said = blank(pod, current)
    return (
        _finished(pod, said, moment)
        or _on_lost_node(pod, said, moment)
        or _terminating(pod, said, moment)
        or _unscheduled(pod, said, moment)
        or _gated(pod, current, said, moment)
        or _in_containers(pod, current, said, moment)
    )


def _finished(pod: Object, said: PodHealth, moment: Moment) -> PodHealth | None:
    """Ended for good. A pod that a Job did over and that its Job has survived is no failure."""
    phase = dig(pod, "status", "phase")
    if phase == "Succeeded":
        return said.says("done", "completed")
    if phase != "Failed":
        return None
    if condition_of(pod, "DisruptionTarget").get("reason") == "DeletionByPodGC":
        return said.waits("its node", "the pod is being cleared away", word="node gone")
    job = moment.job_of(pod)
    if job is not None and holds(job, "Complete"):
        return said.says("done", "completed", "a later pod of its Job succeeded")
    reason = text(dig(pod, "status", "reason"))
    if reason == "Evicted":
        return said.says("failed", "evicted", text(dig(pod, "status", "message")))
    ended = next((c for c in all_containers(pod) if c.crashed), None)
    detail = text(dig(pod, "status", "message")) or (_ending(ended) if ended else "")
    said = replace(said, container=ended.name if ended else said.container)
    return said.says("failed", "failed", detail or reason)


def _on_lost_node(pod: Object, said: PodHealth, moment: Moment) -> PodHealth | None:
    """Nothing that a pod on a silent or vanished node says of itself can be believed."""
    name = node_of(pod)
    if not name or not moment.nodes or node_ready(moment.nodes.get(name)):
        return None
    node = moment.nodes.get(name)
    if node is None:
        return said.waits(f"node {name}", "the pod will be cleared away", word="node gone")
    return replace(said.waits(f"node {name}", word="node not ready"), since=changed(node, "Ready") or said.since)


def _terminating(pod: Object, said: PodHealth, moment: Moment) -> PodHealth | None:
    """The deletion timestamp lies at the end of the grace period."""
    end = deleted(pod)
    if end is None:
        return None
    if moment.now > end + _OVERDUE:
        return said.says("slow", "terminating", "its grace period is over", since=end)
    return said.says("waiting", "terminating", since=end)


def _unscheduled(pod: Object, said: PodHealth, moment: Moment) -> PodHealth | None:
    if node_of(pod):
        return None
    why = unplaced(pod, moment)
    if why is None:
        return said
    since = changed(pod, "PodScheduled")
    if why.waits_for:
        return said.waits(why.waits_for, why.reason)
    state = step("scheduling").judge(since, moment.now)
    return said.says(state if state != "running" else "pending", "no node fits", why.reason, since=since)


def _gated(pod: Object, current: Active | None, said: PodHealth, moment: Moment) -> PodHealth | None:
    """Waits for another part of the driver stack on its node: normal, and that part's time."""
    if current is not None and current.in_trouble:
        return None
    role = awaited(pod, role_of(pod), current, moment)
    if not role:
        return None
    other = moment.pod(node_of(pod), role)
    failed = other is not None and health(other, moment).state in ("failed", "blocked")
    reason = "" if other else f"there is no {TITLES[role]} pod on this node yet"
    return said.waits(TITLES[role], reason, blocked=failed)


def _in_containers(pod: Object, current: Active | None, said: PodHealth, moment: Moment) -> PodHealth:
    if current is None:
        return said.says("pending", "starting")
    if current.in_trouble:
        return _trouble(current, said)
    # Before, its time was that of what it waited for, or of its node.
    opened = latest(gate_opened(pod, role_of(pod), moment), changed(moment.nodes.get(node_of(pod)), "Ready"))
    if current.state == "waiting":
        return _starting(pod, current, said, moment, opened)
    if current.init:
        word = f"init {current.position}/{current.total}"
        return said.takes(_step(current), word, current.name, latest(current.since, opened), moment.now)
    return _well(pod, said, moment) if holds(pod, "Ready") else _unready(pod, current, said, moment, opened)


def _step(container: Active) -> Step:
    """What its running is called, whose times hold for it."""
    unknown = "init" if container.init else "starting"
    return step(work(container.name).step if container.name in works() else unknown)


def _trouble(current: Active, said: PodHealth) -> PodHealth:
    if current.reason in PULL_ERRORS:
        # The first refusal may be a busy registry; the kubelet backs off only when it is repeated.
        state = "slow" if current.reason in ("ErrImagePull", "RegistryUnavailable") else "failed"
        return said.says(state, "pull fails", current.message or current.image)
    if current.reason in CREATE_ERRORS:
        return said.says("failed", "cannot start", current.message or current.reason)
    # As often as a good rollout does it is no news; once more may be chance.
    crashes = current.restarts + 1 - work(current.name).restarts
    state = "running" if crashes <= 0 else "slow" if crashes == 1 else "failed"
    word = "crash loop" if state == "failed" else "restarting"
    return said.says(state, word, f"{current.name} {_ending(current)}", since=current.ended)


def _ending(container: Active) -> str:
    """`ended with exit code 137, OOMKilled`; the message where the program left one."""
    ended = "ended" if container.exit_code is None else f"ended with exit code {container.exit_code}"
    reason = container.last_reason if container.last_reason not in ("", "Error", "Completed") else ""
    again = f"{many(container.restarts, 'restart')}" if container.restarts else ""
    return ", ".join(filter(None, [ended, reason, again, container.message.strip() if container.exit_code else ""]))


def _starting(pod: Object, current: Active, said: PodHealth, moment: Moment, opened: datetime | None) -> PodHealth:
    """The kubelet has not started the container yet: no sandbox, or no image."""
    made = latest(changed(pod, "PodReadyToStartContainers"), opened)
    if not sandbox(pod):
        return said.takes(step("sandbox"), "creating", sandbox_trouble(pod, moment), made, moment.now)
    pulling = pull_started(moment.events_of(pod), current.name)
    if pulling:
        took = moment.pull_times.get(current.image)
        last = f", last time {duration(took)}" if took else ""
        return said.takes(step(work(current.name).pull), "pulling", f"{current.image}{last}", pulling, moment.now)
    # Without events a pull cannot be told from a start: the times allow for either.
    initialized = None if current.init else changed(pod, "Initialized")
    since = latest(made, initialized, *(c.ended for c in all_containers(pod) if c.init))
    word = f"init {current.position}/{current.total}" if current.init else "creating"
    return said.takes(step("start"), word, current.name, since, moment.now)


def _well(pod: Object, said: PodHealth, moment: Moment) -> PodHealth:
    """Ready. Restarts beyond what is normal are told for a while."""
    since = changed(pod, "Ready")
    restarted = beyond_normal(all_containers(pod))
    if restarted and restarted.ended and moment.now - restarted.ended < _RECENT:
        return said.says("slow", "running", f"{restarted.name} {_ending(restarted)}", since=since)
    return said.says("done", "running", since=since)


def _unready(pod: Object, current: Active, said: PodHealth, moment: Moment, opened: datetime | None) -> PodHealth:
    """Runs, and its probes do not say yes yet; or they did, and do no more."""
    if current.state == "terminated":
        return said.says("running", "ending", current.name)
    if not current.started:
        word = work(current.name).word or "starting"
        return said.takes(_step(current), word, current.name, current.since, moment.now)
    since = latest(current.since, changed(pod, "Ready"), opened)
    return said.takes(_step(current), "not ready", _probe(pod, moment), since, moment.now)


def _probe(pod: Object, moment: Moment) -> str:
    """The last complaint of a probe that still runs."""
    unhealthy = [text(e.get("message")).strip() for e in moment.events_of(pod) if e.get("reason") == "Unhealthy"]
    return next((said for said in reversed(unhealthy) if not said.startswith("Startup")), "")
