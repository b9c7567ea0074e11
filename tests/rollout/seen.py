"""Pods as they are seen at one moment."""

from collections.abc import Iterable
from datetime import datetime

from llmd_tui.kube.store import View
from llmd_tui.objects import Object
from llmd_tui.rollout.groups import PodRow, pod_rows
from llmd_tui.rollout.moment import Moment
from llmd_tui.rollout.pods import PodHealth, health


def pod_health(pod: Object, view: View, now: datetime) -> PodHealth:
    return health(pod, Moment(view, now))


def group_pods(pods: Iterable[Object], view: View, now: datetime) -> list[PodRow]:
    moment = Moment(view, now)
    return pod_rows([health(pod, moment) for pod in pods])
