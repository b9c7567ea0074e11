"""The capacity of 60 regions beside the slowest answer alone: python -m tests.benchmarks.capacity [--az COMMAND]

A server in a process of its own answers after 50 to 800 ms; a list of sizes is 4.5 MB, in gzip as Azure sends it. Then
the wizard in a terminal, from its start to the table of sizes, and the same regions by the Azure CLI, one by one.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from contextlib import aclosing
from pathlib import Path

import pexpect
from aiohttp import web

from llmd_tui.azure.capacity import judged
from llmd_tui.azure.client import Arm
from llmd_tui.azure.sweep import RegionAnswer, sweep
from llmd_tui.presets.sizes import sizes

REGIONS = [f"region{number:02}" for number in range(60)]
SUBSCRIPTION = "6b0c3f1e-0000-4000-8000-5d1a70000001"
LIST_BYTES = 4_500_000
ROOT = Path(__file__).parents[2]
WALK = (
    ("the wizard's first frame", "nothing created yet", ""),
    ("its region can be taken", "has room for", "\r"),
    ("the table of sizes is there", "NODES THAT FIT", ""),
    ("a size of it can be taken", "fit in region00", ""),
)
STALL = 0.05
STEP = 0.005


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--az", metavar="COMMAND", help="an Azure CLI, asked for the usage of a few regions one by one")
    parsed = parser.parse_args(arguments)
    if parsed.serve:
        asyncio.run(serve())
        return
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.capacity", "--serve"], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    try:
        assert server.stdout
        url = server.stdout.readline().decode().strip()
        os.environ["LLMD_TUI_ARM_ENDPOINT"] = url
        asyncio.run(measure())
        wizard()
        if parsed.az:
            by_hand(parsed.az, url)
    finally:
        server.kill()
        server.wait()


async def measure() -> None:
    async with await Arm.connect(SUBSCRIPTION) as arm:
        await arm.locations()
        slowest = 0.0
        for region in REGIONS:
            if delay(f"skus{region}") > 0.78:
                begun = time.perf_counter()
                await arm.fetch(f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Compute/skus", "x", _filter(region))
                slowest = max(slowest, time.perf_counter() - begun)
        stalls: list[float] = []
        watching = asyncio.create_task(_watch(stalls))
        before = resource.getrusage(resource.RUSAGE_SELF)
        begun = time.perf_counter()
        first, answers = 0.0, list[RegionAnswer]()
        async with aclosing(sweep(arm, regions=REGIONS, fresh=True)) as coming:
            async for answer in coming:
                first = first or time.perf_counter() - begun
                answers.append(answer)
        wall = time.perf_counter() - begun
        after = resource.getrusage(resource.RUSAGE_SELF)
        during = list(stalls)
        stalls.clear()
        await asyncio.sleep(wall)
        watching.cancel()
    assert len(answers) == len(REGIONS)
    rows = [row for each in answers if each.known for row in judged(each.known, each.region, sizes())]
    assert len(rows) == len(REGIONS) * len(sizes())
    assert all(row.offered for row in rows)
    say("slowest single answer", f"{slowest * 1000:8.0f} ms")
    say("60 regions, 120 answers", f"{wall * 1000:8.0f} ms   {wall / slowest:.2f} x the slowest")
    say("first region there after", f"{first * 1000:8.0f} ms")
    user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    say("CPU of it", f"{(user + system) * 1000:8.0f} ms   {system * 1000:.0f} of the system")
    say("memory of the process, most", f"{after.ru_maxrss / 1024:8.0f} MB   {before.ru_maxrss / 1024:.0f} MB before")
    for what, seen in (("event loop, longest stall", during), ("the same while idle", stalls)):
        many = sum(stall > STALL for stall in seen)
        say(what, f"{max(seen, default=0.0) * 1000:8.0f} ms   {many} above {STALL * 1000:.0f} ms")


async def _watch(stalls: list[float]) -> None:
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(STEP)
        stalls.append(time.perf_counter() - begun - STEP)


def wizard() -> None:
    """From its start in a terminal of 120x40 until its own region, then a size of it, can be chosen."""
    with tempfile.TemporaryDirectory() as folder:
        answers = Path(folder) / "answers.yaml"
        preset = ROOT / "presets" / "configs" / "h100-pd-disaggregation.yaml"
        answers.write_text(preset.read_text().replace("eastus2", REGIONS[0]))
        home = {f"XDG_{name}_HOME": folder for name in ("CACHE", "STATE", "DATA", "CONFIG")}
        environment = os.environ | home | {"HOME": folder, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
        environment |= {"LC_ALL": "C.UTF-8", "HF_TOKEN": "none", "KUBECONFIG": str(answers.with_name("none"))}
        begun = time.perf_counter()
        command = ["-m", "llmd_tui", "-f", str(answers)]
        child = pexpect.spawn(sys.executable, command, env=environment, cwd=folder, dimensions=(40, 120), timeout=60)
        for what, words, key in WALK:
            child.expect(words)
            say(what, f"{(time.perf_counter() - begun) * 1000:8.0f} ms")
            child.send(key)
        child.close(force=True)
    answer = delay(f"skus{REGIONS[0]}")
    say("the answer that it waits for", f"{answer * 1000:8.0f} ms")


def by_hand(az: str, url: str) -> None:
    """What one would do without us, of three regions."""
    from tests.azure.az import Az

    with tempfile.TemporaryDirectory() as folder, Az(az, url, folder) as cli:
        begun = time.perf_counter()
        for region in REGIONS[:3]:
            cli.run("vm", "list-usage", "--location", region)
            cli.run("vm", "list-skus", "--location", region, "--size", "Standard_ND96isr_H100_v5")
        taken = (time.perf_counter() - begun) / 3
    say("az list-usage, list-skus", f"{taken * 1000:8.0f} ms   {taken * len(REGIONS):.0f} s for all")


def say(what: str, text: str) -> None:
    sys.stdout.write(f"{what:<30}{text}\n")
    sys.stdout.flush()


def delay(what: str) -> float:
    """Seconds; the same for the same question. One list of sizes is the slowest of all answers."""
    if what == f"skus{REGIONS[7]}":
        return 0.8
    return random.Random(what).uniform(0.05, 0.79)


def _filter(region: str) -> dict[str, str]:
    return {"$filter": f"location eq '{region}'"}


async def serve() -> None:
    """Prints its URL and answers until it is killed."""
    skus, usages = _skus(), _usages()
    named = [{"name": r, "displayName": r, "metadata": {"regionType": "Physical"}} for r in REGIONS]
    at_once: dict[str, object] = {
        "/locations": {"value": named},
        "/subscriptions": {"value": [{"subscriptionId": SUBSCRIPTION, "displayName": "contoso-ml"}]},
        "/managedClusters": {"value": []},
        "/permissions": {"value": [{"actions": ["*"]}]},
        "/tenants": {"value": []},
        "/prices": {"Items": []},
    }

    async def handle(request: web.Request) -> web.Response:
        path = request.path
        if (known := at_once.get(f"/{path.rpartition('/')[2]}")) is not None:
            return web.json_response(known)
        if path.endswith("/skus"):
            await asyncio.sleep(delay("skus" + request.query.get("$filter", "0'region00").split("'")[1]))
            return web.Response(body=skus, content_type="application/json", headers={"Content-Encoding": "gzip"})
        await asyncio.sleep(delay(path))
        return web.Response(body=usages, content_type="application/json")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    say(f"http://127.0.0.1:{runner.addresses[0][1]}", "")
    await asyncio.Event().wait()


def _skus() -> bytes:
    """As Azure writes it: other sizes in between, values of every kind, white space."""
    chance = random.Random(1)
    entries = [_entry(size.name, size.family, chance) for size in sizes()]
    while len(json.dumps(entries[-1])) * len(entries) < LIST_BYTES:
        entries.append(_entry(f"Standard_E{len(entries)}s_v5", "standardESv5Family", chance))
    chance.shuffle(entries)
    packer = zlib.compressobj(6, wbits=31)
    text = json.dumps({"value": entries}).encode()
    packed = packer.compress(text) + packer.flush()
    sys.stderr.write(f"a list of sizes: {len(text) / 1e6:.1f} MB, {len(packed) / 1000:.0f} KB in gzip\n")
    return packed


def _entry(name: str, family: str, chance: random.Random) -> dict[str, object]:
    capabilities = [{"name": f"Capability{n}", "value": "True" if n % 3 else "False"} for n in range(52)]
    capabilities += [{"name": f"Number{n}", "value": str(chance.choice((2, 8, 96, 1024)))} for n in range(6)]
    return {
        "resourceType": "virtualMachines",
        "name": name,
        "family": family,
        "locations": ["here"],
        "locationInfo": [{"location": "here", "zones": ["1", "2"], "zoneDetails": []}],
        "capabilities": capabilities,
        "restrictions": [],
    }


def _usages() -> bytes:
    families = {size.family for size in sizes()} | {"cores", "lowPriorityCores"}
    names = [*families, *(f"standardX{number}Family" for number in range(110 - len(families)))]
    value = [{"limit": 960, "currentValue": 96, "name": {"value": name, "localizedValue": name}} for name in names]
    return json.dumps({"value": value}).encode()


if __name__ == "__main__":
    main()
