"""What the helm stand-in does with releases: install, upgrade, uninstall, roll back, describe."""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from llmd_tui.objects import Object, name
from llmd_tui.simulator.actors.meta import rows
from llmd_tui.simulator.helm_api import Api
from llmd_tui.simulator.helm_errors import Failure, Refused
from llmd_tui.simulator.helm_store import now, revisions, secret_of, write

_PENDING = ("pending-install", "pending-upgrade", "pending-rollback")
_UNITS = {"s": 1, "m": 60, "h": 3600}


def upgrade(parsed: argparse.Namespace) -> Iterator[str]:
    """`upgrade --install`: hooks, then objects, then the release is deployed. Raises Failure."""
    from llmd_tui.simulator import charts

    chart_name = Path(parsed.chart.rstrip("/")).name
    component = charts.by_chart(chart_name)
    if component is None:
        raise Failure(f'failed to download "{parsed.chart}"')
    given = _values(parsed.values)
    api = Api(parsed.kubeconfig, parsed.kube_context)
    before = revisions(api, parsed.namespace, parsed.release)
    last = before[-1] if before else None
    if last and last["info"]["status"] in _PENDING:
        raise Failure("UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress")
    if last is None:
        if not parsed.install:
            raise Failure(f'UPGRADE FAILED: "{parsed.release}" has no deployed releases')
        yield f'Release "{parsed.release}" does not exist. Installing it now.'
    if parsed.create_namespace:
        api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": parsed.namespace}})
    made = charts.chart(component)
    objects = [_owned(obj, parsed) for obj in charts.objects(component, parsed.release, parsed.namespace, given)]
    if last is None:
        for crd in made.crds:
            api.create(crd)
    _check_kinds(api, objects)
    hooks = [obj for obj in objects if charts.is_hook(obj)]
    kept = [obj for obj in objects if not charts.is_hook(obj)]
    release = _release(parsed, made.name, parsed.version or made.version, given, charts.as_json(kept), before)
    verb = "upgrade" if last else "install"
    write(api, release, f"pending-{verb}", "Preparing upgrade" if last else "Initial install underway")
    try:
        _run_hooks(api, hooks, f"pre-{verb}", _seconds(parsed.timeout))
        for obj in kept:
            api.apply(obj)
        for obj in _gone(last, kept):
            api.delete(obj)
    except Failure as error:
        what = "Upgrade" if last else "Release"
        write(api, release, "failed", f'{what} "{parsed.release}" failed: {error}')
        raise Failure(f"{'UPGRADE' if last else 'INSTALLATION'} FAILED: {error}") from error
    write(api, release, "deployed", "Upgrade complete" if last else "Install complete")
    for old in before:
        if old["info"]["status"] == "deployed":
            write(api, old, "superseded", old["info"]["description"])
    if last:
        yield f'Release "{parsed.release}" has been upgraded. Happy Helming!'
    yield from (f"NAME: {parsed.release}", f"NAMESPACE: {parsed.namespace}", "STATUS: deployed")
    yield f"REVISION: {release['version']}"


def uninstall(parsed: argparse.Namespace) -> Iterator[str]:
    """Removes the objects of the newest revision, then all revisions. CRDs stay, as with helm."""
    api = Api(parsed.kubeconfig, parsed.kube_context)
    found = revisions(api, parsed.namespace, parsed.release)
    if not found:
        if parsed.ignore_not_found:
            return
        raise Failure(f"uninstall: Release not loaded: {parsed.release}: release: not found")
    for obj in reversed(_objects(found[-1])):
        api.delete(obj)
    for revision in found:
        api.delete(secret_of(revision))
    yield f'release "{parsed.release}" uninstalled'


def rollback(parsed: argparse.Namespace) -> None:
    """Back to the revision before the newest, or to the one that is asked for, as a new revision."""
    api = Api(parsed.kubeconfig, parsed.kube_context)
    found = revisions(api, parsed.namespace, parsed.release)
    if not found:
        raise Failure("release: not found")
    wanted = parsed.revision or found[-1]["version"] - 1
    target = next((revision for revision in found if revision["version"] == wanted), None)
    if target is None:
        raise Failure(f"release has no {wanted} version")
    for obj in _objects(target):
        api.apply(obj)
    for obj in _gone(found[-1], _objects(target)):
        api.delete(obj)
    again = {**target, "version": found[-1]["version"] + 1}
    write(api, again, "deployed", f"Rollback to {wanted}")


def newest(parsed: argparse.Namespace) -> dict[str, Any]:
    found = revisions(Api(parsed.kubeconfig, parsed.kube_context), parsed.namespace, parsed.release)
    if not found:
        raise Failure("release: not found")
    return found[-1]


def metadata(release: Mapping[str, Any]) -> dict[str, Any]:
    """As `helm get metadata` prints it."""
    chart = release["chart"]["metadata"]
    return {
        "name": release["name"],
        "chart": chart["name"],
        "version": chart["version"],
        "appVersion": chart["appVersion"],
        "namespace": release["namespace"],
        "revision": release["version"],
        "status": release["info"]["status"],
        "deployedAt": release["info"]["last_deployed"],
        "applyMethod": "ssa",
    }


def values(release: Mapping[str, Any]) -> Any:
    return release["config"] or None


def listed(parsed: argparse.Namespace) -> list[dict[str, Any]]:
    """The newest revision of every release; `revision` is a string there."""
    api = Api(parsed.kubeconfig, parsed.kube_context)
    newest_of: dict[tuple[str, str], Mapping[str, Any]] = {}
    for release in revisions(api, None if parsed.all_namespaces else parsed.namespace, None):
        newest_of[release["namespace"], release["name"]] = release
    return [
        {
            "name": release["name"],
            "namespace": release["namespace"],
            "revision": str(release["version"]),
            "updated": release["info"]["last_deployed"],
            "status": release["info"]["status"],
            "chart": f"{release['chart']['metadata']['name']}-{release['chart']['metadata']['version']}",
            "app_version": release["chart"]["metadata"]["appVersion"],
        }
        for release in newest_of.values()
    ]


def described(chart: str, version: str) -> dict[str, str]:
    """As `helm show chart` prints it. Raises Failure for a chart that nobody knows."""
    from llmd_tui.simulator import charts

    component = charts.by_chart(Path(chart.rstrip("/")).name)
    if component is None:
        raise Failure(f'failed to download "{chart}"')
    return {"apiVersion": "v2", "name": component.chart, "version": version or component.version}


def _values(files: list[str]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for file in files:
        text = sys.stdin.read() if file == "-" else Path(file).read_text()
        merged |= yaml.safe_load(text) or {}
    return merged


def _seconds(text: str) -> float:
    """A Go duration: 15m, 5m0s."""
    total, number = 0.0, ""
    for sign in text:
        if sign in _UNITS:
            total, number = total + float(number) * _UNITS[sign], ""
        else:
            number += sign
    return total


def _owned(obj: Object, parsed: argparse.Namespace) -> Object:
    meta = obj["metadata"]
    meta.setdefault("labels", {})["app.kubernetes.io/managed-by"] = "Helm"
    if "helm.sh/hook" not in meta.get("annotations", {}):
        mine = {"meta.helm.sh/release-name": parsed.release, "meta.helm.sh/release-namespace": parsed.namespace}
        meta["annotations"] = meta.get("annotations", {}) | mine
    return obj


def _check_kinds(api: Api, objects: list[Object]) -> None:
    """Helm finds missing kinds before it creates anything, all of them at once."""
    lost: list[str] = []
    for obj in objects:
        try:
            api.path(obj)
        except Refused as refused:
            if refused.code != 404:
                raise
            place = f'name: "{name(obj)}" namespace: "{obj["metadata"].get("namespace", "")}" from ""'
            missing = f'no matches for kind "{obj["kind"]}" in version "{obj["apiVersion"]}"'
            lost.append(f"resource mapping not found for {place}: {missing}\nensure CRDs are installed first")
    if lost:
        text = lost[0] if len(lost) == 1 else f"[{', '.join(lost)}]"
        raise Failure(f"unable to build kubernetes objects from release manifest: {text}")


def _run_hooks(api: Api, hooks: list[Object], when: str, timeout: float) -> None:
    """One after the other; all are taken away when the last has ended well."""
    for hook in hooks:
        api.delete(hook)
        _until(api, hook, when, timeout, lambda job: job is None)
        api.apply(hook)
        _until(api, hook, when, timeout, lambda job: _has(job, "Complete") or _has(job, "Failed"))
        if _has(api.get(hook), "Failed"):
            raise Failure(f"failed {when}: job {name(hook)} failed: BackoffLimitExceeded")
    for hook in hooks:
        api.delete(hook)


def _until(api: Api, hook: Object, when: str, timeout: float, test: Callable[[Object | None], bool]) -> None:
    """Follows the hook until the test holds; None stands for its absence. Raises Failure when time is up."""
    deadline = time.monotonic() + timeout
    while not test(api.get(hook)):
        left = deadline - time.monotonic()
        if left <= 0:
            place = f"{hook['kind']}/{hook['metadata']['namespace']}/{name(hook)}"
            raise Failure(f"failed {when}: resource {place} not ready. status: InProgress, message: Job in progress")
        # In short pieces: what happened between the two questions shows at the next.
        if any(test(seen) for seen in api.watch(hook, min(left, 5))):
            return


def _has(job: Object | None, condition: str) -> bool:
    found = rows(job or {}, "status", "conditions")
    return any(entry["type"] == condition and entry["status"] == "True" for entry in found)


def _gone(before: Mapping[str, Any] | None, now: list[Object]) -> list[Object]:
    kept = {(obj["kind"], obj["metadata"].get("namespace"), name(obj)) for obj in now}
    old = _objects(before) if before else []
    return [obj for obj in old if (obj["kind"], obj["metadata"].get("namespace"), name(obj)) not in kept]


def _objects(release: Mapping[str, Any]) -> list[Object]:
    return [json.loads(line) for line in release["manifest"].splitlines() if line.startswith("{")]


def _release(
    parsed: argparse.Namespace,
    chart: str,
    version: str,
    given: Mapping[str, Any],
    manifest: str,
    before: list[dict[str, Any]],
) -> dict[str, Any]:
    first = before[0]["info"]["first_deployed"] if before else now()
    return {
        "name": parsed.release,
        "namespace": parsed.namespace,
        "version": before[-1]["version"] + 1 if before else 1,
        "config": given,
        "manifest": manifest,
        "hooks": [],
        "chart": {"metadata": {"apiVersion": "v2", "name": chart, "version": version, "appVersion": version}},
        "info": {"first_deployed": first, "last_deployed": now(), "deleted": "", "description": "", "status": ""},
        "apply_method": "ssa",
    }
