"""The tables of the workload kinds."""

from datetime import datetime

from llmd_tui.objects import Object, is_true, status, timestamp
from llmd_tui.simulator.kubernetes.columns.base import (
    AGE,
    NAME,
    Cell,
    Column,
    age_of,
    field,
    labels_text,
    length,
    number,
    template_columns,
    truth,
    wide,
)
from llmd_tui.simulator.kubernetes.editing import at, listed
from llmd_tui.simulator.kubernetes.selectors import format_selector
from llmd_tui.simulator.kubernetes.times import human

_TEMPLATE = template_columns("spec", "template")


def _selector(*path: str) -> Column:
    return wide("Selector", lambda obj, now: format_selector(at(obj, *path)))


def _ready(obj: Object, now: datetime) -> str:
    return f"{status(obj).get('readyReplicas', 0)}/{at(obj, 'spec', 'replicas') or 0}"


def _job_status(job: Object, now: datetime) -> str:
    for kind, word in (("Complete", "Complete"), ("Failed", "Failed")):
        if is_true(job, kind):
            return word
    if job["metadata"].get("deletionTimestamp"):
        return "Terminating"
    words = {"Suspended": "Suspended", "FailureTarget": "FailureTarget", "SuccessCriteriaMet": "SuccessCriteriaMet"}
    return next((word for kind, word in words.items() if is_true(job, kind)), "Running")


def _completions(job: Object, now: datetime) -> str:
    succeeded, wanted = status(job).get("succeeded", 0), at(job, "spec", "completions")
    parallel = at(job, "spec", "parallelism") or 0
    if wanted is not None:
        return f"{succeeded}/{wanted}"
    return f"{succeeded}/1 of {parallel}" if parallel > 1 else f"{succeeded}/1"


def _duration(job: Object, now: datetime) -> str:
    start, end = timestamp(status(job).get("startTime")), timestamp(status(job).get("completionTime"))
    return human(((end or now) - start).total_seconds()) if start else ""


def _last_schedule(job: Object, now: datetime) -> str:
    last = status(job).get("lastScheduleTime")
    return age_of(last, now) if last else "<none>"


def _controller(revision: Object, now: datetime) -> str:
    for reference in listed(revision["metadata"], "ownerReferences"):
        if reference.get("controller"):
            group = reference["apiVersion"].rpartition("/")[0]
            kind = reference["kind"].lower()
            return f"{kind}.{group}/{reference['name']}" if group else f"{kind}/{reference['name']}"
    return "<none>"


_NODES: Cell = lambda obj, now: labels_text(at(obj, "spec", "template", "spec", "nodeSelector"))  # noqa: E731

_REPLICAS = (
    NAME,
    number("Desired", "spec", "replicas"),
    number("Current", "status", "replicas"),
    number("Ready", "status", "readyReplicas"),
    AGE,
    *_TEMPLATE,
)

COLUMNS = {
    "deployments.apps": (
        NAME,
        Column("Ready", _ready),
        Column("Up-to-date", field("status", "updatedReplicas", default=0)),
        Column("Available", field("status", "availableReplicas", default=0)),
        AGE,
        *_TEMPLATE,
        _selector("spec", "selector"),
    ),
    "replicasets.apps": (*_REPLICAS, _selector("spec", "selector")),
    "replicationcontrollers": (
        *_REPLICAS,
        wide("Selector", lambda obj, now: labels_text(at(obj, "spec", "selector"))),
    ),
    "daemonsets.apps": (
        NAME,
        number("Desired", "status", "desiredNumberScheduled"),
        number("Current", "status", "currentNumberScheduled"),
        number("Ready", "status", "numberReady"),
        number("Up-to-date", "status", "updatedNumberScheduled"),
        number("Available", "status", "numberAvailable"),
        Column("Node Selector", _NODES),
        AGE,
        *_TEMPLATE,
        _selector("spec", "selector"),
    ),
    "statefulsets.apps": (NAME, Column("Ready", _ready), AGE, *_TEMPLATE),
    "controllerrevisions.apps": (
        NAME,
        Column("Controller", _controller),
        Column("Revision", field("revision", default=0)),
        AGE,
    ),
    "podtemplates": (
        NAME,
        *(Column(column.name, column.cell) for column in template_columns("template")),
        Column("Pod Labels", lambda obj, now: labels_text(at(obj, "template", "metadata", "labels"))),
    ),
    "jobs.batch": (
        NAME,
        Column("Status", _job_status),
        Column("Completions", _completions),
        Column("Duration", _duration),
        AGE,
        *_TEMPLATE,
        _selector("spec", "selector"),
    ),
    "cronjobs.batch": (
        NAME,
        Column("Schedule", field("spec", "schedule")),
        Column("Timezone", field("spec", "timeZone", default="<none>")),
        Column("Suspend", lambda obj, now: truth(at(obj, "spec", "suspend")), "boolean"),
        Column("Active", length(("status", "active")), "integer"),
        Column("Last Schedule", _last_schedule),
        AGE,
        *template_columns("spec", "jobTemplate", "spec", "template"),
        _selector("spec", "jobTemplate", "spec", "selector"),
    ),
}
