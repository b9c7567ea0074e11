"""`python -m llmd_tui.simulator.run`: says where everything is, ends when told to or left alone, leaves nothing."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession

from llmd_tui.clock import Clock
from llmd_tui.kube.connection import Cluster

ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def running(folder: Path, *arguments: str) -> AsyncGenerator[tuple[Process, dict[str, str]]]:
    """The process and its first line; `folder` is where it puts temporary files."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "llmd_tui.simulator.run", *arguments),
        env=os.environ | {"TMPDIR": str(folder), "PYTHONPATH": str(ROOT)},
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        assert process.stdout
        yield process, json.loads(await asyncio.wait_for(process.stdout.readline(), 60) or "{}")
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


def names(folder: str) -> list[str]:
    return [path.name for path in Path(folder).iterdir()]


async def ended(process: Process) -> tuple[int | None, str]:
    assert process.stderr
    said = await asyncio.wait_for(process.stderr.read(), 60)
    return await asyncio.wait_for(process.wait(), 60), said.decode()


async def test_until_told_to_stop(tmp_path: Path) -> None:
    temporary, record = tmp_path / "temporary", tmp_path / "record.jsonl"
    temporary.mkdir()
    async with running(temporary, "--speed", "90", "--record", str(record)) as (process, where):
        assert Clock.parse(where["clock"]).speed == 90
        assert where["helm"].endswith("-m llmd_tui.simulator.helm")
        assert names(where["manifests"])
        async with await Cluster.connect(Path(where["kubeconfig"])) as cluster:
            assert (await cluster.version())["major"] == "1"
        async with ClientSession() as session:
            head = {"Authorization": "Bearer canary-token"}
            url = f"{where['arm']}/subscriptions?api-version=2022-12-01"
            async with session.get(url, headers=head) as answer:
                assert [each["displayName"] for each in (await answer.json())["value"]] == ["llmd-simulated"]
        process.send_signal(signal.SIGTERM)
        assert await ended(process) == (0, "")
    assert not list(temporary.iterdir())
    lines = [json.loads(line) for line in record.read_text().splitlines()]
    assert any("/subscriptions" in str(line) for line in lines)
    assert "canary-token" not in record.read_text()


async def test_goes_on_where_it_left_off_and_ends_with_its_parent(tmp_path: Path) -> None:
    temporary, state = tmp_path / "temporary", tmp_path / "state.json"
    temporary.mkdir()
    moments: list[float] = []
    for turn in range(2):
        async with running(temporary, "--speed", "600", "--state", str(state)) as (process, where):
            moments.append(Clock.parse(where["clock"]).time())
            async with await Cluster.connect(Path(where["kubeconfig"])) as cluster:
                if turn == 0:
                    await cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}})
                    data = {"stringData": {"token": "canary-token"}}
                    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "shop"}}
                    await cluster.create(secret | data)
                else:
                    assert (await cluster.get("v1", "Namespace", "shop"))["status"]["phase"] == "Active"
                    assert await cluster.get("v1", "Secret", "s", "shop")
            moments.append(Clock.parse(where["clock"]).time())
            assert process.stdin
            process.stdin.close()
            assert await ended(process) == (0, "")
    assert moments == sorted(moments)
    assert state.stat().st_mode & 0o777 == 0o600
    assert "canary-token" not in state.read_text()
    assert not list(temporary.iterdir())


async def test_unknown_scenario_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path, "no-such") as (process, where):
        assert not where
        code, said = await ended(process)
    assert code == 2
    assert "no-such is not a scenario" in said
    assert "Traceback" not in said
