"""How much memory the model servers may lock, by experiment: no status tells."""

import re
from asyncio import gather
from contextlib import aclosing

from llmd_tui.checks.context import Context
from llmd_tui.checks.result import Verdict, failed, passed, skipped
from llmd_tui.checks.serving import NODES, PODS
from llmd_tui.errors import UserError
from llmd_tui.kube.execute import execute
from llmd_tui.kube.logs import follow
from llmd_tui.objects import Object
from llmd_tui.plan.phases.locked_memory import NAMESPACE, PROBE
from llmd_tui.rollout.moment import pod_ready
from llmd_tui.rollout.reading import name_of
from llmd_tui.rollout.words import listing, many

ENOUGH_KIB = 16 * 2**20
"""16 GiB: what llm-d gave its model servers as long as its manifests set a limit."""

IPC_LOCK = 14
"""The capability's bit in CapEff; it lifts the limit."""

READ = ("/bin/sh", "-c", "ulimit -l; grep CapEff /proc/self/status")
_PROBED = re.compile(r"ulimit -l (\w+), IPC_LOCK ([01])")


async def locked_memory(context: Context) -> Verdict:
    """Asks in one Ready pod of each role; where nothing can be run in pods, reads what the phase's probe pod found."""
    expected = context.expected
    view = await context.view(PODS, NODES)
    asked: list[Object] = []
    for servers in expected.servers:
        found = view.all("Pod", expected.namespace, servers.labels)
        asked += [pod for pod in sorted(found, key=name_of) if pod_ready(pod)][:1]
    if not asked:
        return skipped("no model server is Ready, so there is nobody to ask")
    try:
        answers = await gather(*(_ask(context, pod) for pod in asked))
    except UserError as error:
        return await _probed(context, error.message)
    short = [f"{name_of(pod)} {said}" for pod, (enough, said) in zip(asked, answers, strict=True) if not enough]
    if short:
        remedy = "RDMA needs IPC_LOCK or 16 GiB. Pods made before the limit was raised keep the old one: restart them."
        return failed(listing(short), remedy)
    return passed(f"{listing(sorted({said for _, said in answers}))} in {many(len(asked), 'pod')}")


async def _ask(context: Context, pod: Object) -> tuple[bool, str]:
    expected = context.expected
    done = await execute(context.cluster, expected.namespace, name_of(pod), expected.container, READ)
    limit, _, capabilities = done.stdout.partition("\n")
    bits = capabilities.partition(":")[2].strip()
    try:
        return judge(limit.strip(), bool(int(bits, 16) >> IPC_LOCK & 1))
    except ValueError:
        raise UserError(f"{name_of(pod)} answers {(done.stdout or done.stderr)[:60]!r}.") from None


async def _probed(context: Context, why: str) -> Verdict:
    """What the probe pod of the phase `locked-memory` wrote."""
    try:
        async with aclosing(follow(context.cluster, NAMESPACE, PROBE, PROBE, follow=False)) as lines:
            found = [match async for line in lines if (match := _PROBED.search(line))]
    except UserError as error:
        return skipped(f"nothing can be run in the pods here: {why} {error.message}")
    if not found:
        return skipped(f"nothing can be run in the pods here: {why}")
    enough, said = judge(found[-1][1], found[-1][2] == "1")
    remedy = "The probe pod has the model servers' own rights: see the phase `locked-memory`."
    return passed(f"{said} in the pod {PROBE}") if enough else failed(f"{said} in the pod {PROBE}", remedy)


def judge(limit: str, ipc_lock: bool) -> tuple[bool, str]:
    """`limit` as `ulimit -l` prints it: KiB or `unlimited`. Raises ValueError on anything else."""
    if ipc_lock:
        return True, f"IPC_LOCK (ulimit -l {limit})"
    enough = limit == "unlimited" or int(limit) >= ENOUGH_KIB
    return enough, f"ulimit -l {limit}, no IPC_LOCK"
