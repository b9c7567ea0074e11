"""The Job controller."""

from collections.abc import Iterable, Mapping
from typing import Any

from llmd_tui.objects import Object, name, status, timestamp
from llmd_tui.simulator.actors.controller import Controller, Key, key_of
from llmd_tui.simulator.actors.meta import controller_of, rows, terminating
from llmd_tui.simulator.actors.pods import active, owned, phase, pod_from, ready

_COMPLETED = ("CompletionsReached", "Reached expected number of succeeded pods")
_EXCEEDED = ("BackoffLimitExceeded", "Job has reached the specified backoff limit")


class Jobs(Controller):
    """Runs pods until enough have succeeded; a failed one is replaced after 10 s, 20 s ... up to `backoffLimit`."""

    kinds = ("Job", "Pod")

    def keys(self, kind: str, obj: Object) -> Iterable[Key]:
        if kind == "Job":
            yield key_of(obj)
        elif controller_of(obj).get("kind") == "Job":
            yield (obj["metadata"]["namespace"], controller_of(obj)["name"])

    async def reconcile(self, key: Key) -> None:
        job = self.view.get("Job", key[1], key[0])
        if job is None or terminating(job) or _over(job):
            return
        now = self.world.now()
        pods = owned(self.world, job)
        succeeded = [pod for pod in pods if phase(pod) == "Succeeded"]
        failed = [pod for pod in pods if phase(pod) == "Failed"]
        working = [pod for pod in pods if active(pod)]
        wanted = int(job["spec"].get("completions") or 1)
        counts: dict[str, Any] = {
            "startTime": status(job).get("startTime", now),
            "ready": sum(1 for pod in pods if ready(pod)),
            "terminating": sum(1 for pod in pods if terminating(pod)),
            "succeeded": len(succeeded) or None,
            "failed": len(failed) or None,
            "uncountedTerminatedPods": {},
        }
        if len(succeeded) >= wanted:
            uids = [pod["metadata"]["uid"] for pod in succeeded]
            await self._end(job, counts, "SuccessCriteriaMet", "Complete", _COMPLETED, {"succeeded": uids})
            self._event(job, "Completed", "Job completed")
            return
        if len(failed) > int(job["spec"].get("backoffLimit", 6)):
            for pod in working:
                await self.world.delete(pod)
            await self._end(job, counts, "FailureTarget", "Failed", _EXCEEDED, {})
            self._event(job, _EXCEEDED[0], _EXCEEDED[1], warning=True)
            return
        missing = min(int(job["spec"].get("parallelism", 1)), wanted - len(succeeded)) - len(working)
        if missing > 0 and (pause := self._pause(failed)) > 0:
            self.again(key, pause)
            missing = 0
        for _ in range(missing):
            created = await self.world.create(self._pod(job))
            if created:
                working.append(created)
                self._event(job, "SuccessfulCreate", f"Created pod: {name(created)}")
        await self.world.status(job, counts | {"active": len(working) or None})

    def _pod(self, job: Object) -> Object:
        uid = job["metadata"]["uid"]
        extra = {"batch.kubernetes.io/controller-uid": uid, "controller-uid": uid}
        extra |= {"batch.kubernetes.io/job-name": name(job), "job-name": name(job)}
        return pod_from(job["spec"]["template"], job, extra_labels=extra)

    def _pause(self, failed: list[Object]) -> float:
        """Seconds until the next attempt may begin."""
        if not failed:
            return 0
        ends = (timestamp(c["lastTransitionTime"]) for pod in failed for c in rows(pod, "status", "conditions"))
        last = max((moment.timestamp() for moment in ends if moment), default=self.world.clock.time())
        return last + min(10 * 2 ** (len(failed) - 1), 360) - self.world.clock.time()

    async def _end(
        self,
        job: Object,
        counts: Mapping[str, Any],
        first: str,
        last: str,
        why: tuple[str, str],
        uncounted: Mapping[str, Any],
    ) -> None:
        """Two writes: the criteria are met, then the pods are accounted for and the Job is over."""
        now = self.world.now()
        met, over = (
            {
                "type": kind,
                "status": "True",
                "lastProbeTime": now,
                "lastTransitionTime": now,
                "reason": why[0],
                "message": why[1],
            }
            for kind in (first, last)
        )
        early = {key: value for key, value in counts.items() if key not in ("succeeded", "failed")}
        await self.world.status(
            job, early | {"conditions": [met], "uncountedTerminatedPods": uncounted, "active": None}
        )
        completion = {"completionTime": now} if last == "Complete" else {}
        await self.world.status(
            job, {**counts, **completion, "conditions": [met, over], "uncountedTerminatedPods": None, "active": None}
        )

    def _event(self, job: Object, reason: str, message: str, *, warning: bool = False) -> None:
        self.world.events.event(job, reason, message, component="job-controller", warning=warning)


def _over(job: Object) -> bool:
    return any(c["type"] in ("Complete", "Failed") and c["status"] == "True" for c in rows(job, "status", "conditions"))
