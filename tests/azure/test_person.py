"""Logins by a person: the SDK's own flows against a small Entra; given up; and that no token is ever in clear."""

import asyncio
import json
import os
import stat
import sys
import threading
import time
from collections.abc import Generator
from pathlib import Path

import msal_extensions
import pytest

from llmd_tui.azure.client import Arm
from llmd_tui.azure.errors import explained
from llmd_tui.azure.login import Endpoint, credential, forget, log_in_by, login_record
from llmd_tui.azure.person import LoginCancelled, PersonLogin, keyring, remembered
from llmd_tui.errors import UserError
from tests.azure.cloud import simulated
from tests.azure.entra import CANARY, CODE, PAGE, TENANT, USER, Entra
from tests.azure.keyring import Keyring, no_keyring
from tests.azure.somebody import Somebody

SCOPE = "https://management.azure.com/.default"


@pytest.fixture(autouse=True)
def without_keyring(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    monkeypatch.setattr(msal_extensions.persistence, "LibsecretPersistence", no_keyring)
    monkeypatch.setenv("LLMD_TUI_AUTH", "device-code")
    yield
    forget()


@pytest.fixture
def entra(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Generator[Entra]:
    with Entra(tmp_path_factory.mktemp("entra")) as server:
        server.use(monkeypatch)
        yield server


def with_secret(*folders: Path) -> list[Path]:
    files = [file for folder in folders for file in folder.rglob("*") if file.is_file()]
    return [file for file in files if CANARY.encode() in file.read_bytes()]


async def no_login_waits() -> None:
    """The threads of logins come to their end."""
    for thread in threading.enumerate():
        if thread.name.startswith("login"):
            await asyncio.to_thread(thread.join)


async def test_a_device_code_is_shown_and_the_login_goes_on_when_it_was_entered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, entra: Entra, capfd: pytest.CaptureFixture[str]
) -> None:
    entra.first.extend(["authorization_pending", "slow_down", "authorization_pending"])
    entra._interval = -4
    somebody = Somebody()
    entra.entered.set()
    async with simulated(monkeypatch, person=somebody) as (arm, cloud):
        assert (arm.how, arm.user) == ("device code", USER)
        assert [s.name for s in await arm.subscriptions()] == ["contoso-ml"]
        async with await Arm.connect(clock=cloud.clock, person=somebody) as other:
            assert await other.locations()
    (prompt,) = somebody.shown
    assert (prompt.uri, prompt.code) == (PAGE, CODE)
    assert 0 < prompt.expires - time.time() <= 900
    assert somebody.hidden == [prompt]
    assert [grant for grant in entra.asked if grant != "device_code"] == ["devicecode organizations"]
    assert len(entra.tokens) == 1, "one token for two connections"
    await no_login_waits()
    said = capfd.readouterr()
    assert said.err == said.out == ""
    assert with_secret(Path.home(), tmp_path) == []
    assert not login_record().exists(), "a later process would look for tokens that are nowhere"


@pytest.mark.parametrize(
    ("answer", "message"),
    [("authorization_declined", "declined"), ("expired_token", "Nobody logged in")],
)
async def test_a_device_code_that_comes_to_nothing(
    monkeypatch: pytest.MonkeyPatch, entra: Entra, answer: str, message: str
) -> None:
    entra.first.extend(["authorization_pending", answer])
    somebody = Somebody()
    with pytest.raises(UserError, match=message) as error:
        async with simulated(monkeypatch, person=somebody):
            pass
    assert "og in again" in error.value.remedy
    assert "AADSTS" not in error.value.message
    assert somebody.hidden == somebody.shown
    # Nothing stands in the way of the next try.
    entra.entered.set()
    async with simulated(monkeypatch, person=somebody):
        assert len(somebody.shown) == 2


async def test_giving_up_ends_the_waiting(monkeypatch: pytest.MonkeyPatch, entra: Entra) -> None:
    somebody = Somebody()

    async def connect() -> None:
        async with simulated(monkeypatch, person=somebody):
            pass

    connecting = asyncio.create_task(connect())
    await somebody.asked.wait()
    somebody.shown[0].cancel()
    with pytest.raises(LoginCancelled, match="cancelled"):
        await connecting
    await no_login_waits()
    asked = len(entra.asked)
    assert somebody.hidden == somebody.shown
    somebody.asked.clear()
    connecting = asyncio.create_task(connect())
    await somebody.asked.wait()
    connecting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await connecting
    await no_login_waits()
    assert len(somebody.hidden) == 2
    assert entra.asked[asked].startswith("devicecode"), "another code"


async def test_many_who_ask_at_once_are_one_question(entra: Entra) -> None:
    somebody = Somebody()
    _, login = credential(endpoint_with_login(), None, somebody)
    asking = [asyncio.create_task(login.get_token_info(SCOPE)) for _ in range(8)]
    await somebody.asked.wait()
    somebody.shown[0].cancel()
    assert {type(each) for each in await asyncio.gather(*asking, return_exceptions=True)} == {LoginCancelled}
    assert len(somebody.shown) == 1
    entra.entered.set()
    tokens = await asyncio.gather(*(login.get_token_info(SCOPE) for _ in range(8)))
    assert {each.token for each in tokens} == {entra.tokens[-1]}


async def test_a_token_that_ends_is_refreshed_without_asking(entra: Entra) -> None:
    entra.seconds = 60
    entra.entered.set()
    somebody = Somebody()
    _, login = credential(endpoint_with_login(), None, somebody)
    first = await login.get_token_info(SCOPE)
    assert (await login.get_token_info(SCOPE)).token == first.token, "a short-lived one is used as long as it is good"
    login.refuse(first.token)
    second = await login.get_token_info(SCOPE)
    assert second.token != first.token
    assert len(somebody.shown) == 1
    assert "refresh_token" in entra.asked
    entra.refuses = "invalid_grant"
    login.refuse(second.token)
    third = await login.get_token_info(SCOPE)
    assert len(somebody.shown) == 2, "a login that has ended asks again"
    assert third.token == entra.tokens[-1]


async def test_as_somebody_else(entra: Entra) -> None:
    entra.entered.set()
    somebody = Somebody()
    where = endpoint_with_login()
    await credential(where, None, somebody)[1].get_token_info(SCOPE)
    await credential(where, None, None)[1].get_token_info(SCOPE)
    assert len(somebody.shown) == 1
    log_in_by("device-code", anew=True)
    with pytest.raises(UserError, match="nobody here"):
        credential(where, None, None)
    await credential(where, None, somebody)[1].get_token_info(SCOPE)
    assert len(somebody.shown) == 2


async def test_another_tenant_is_another_login(monkeypatch: pytest.MonkeyPatch, entra: Entra) -> None:
    entra.entered.set()
    somebody = Somebody()
    where = endpoint_with_login()
    for tenant, asked in ((None, 1), (TENANT, 1), ("11111111-2222-4333-8444-555555555555", 2)):
        if tenant:
            monkeypatch.setenv("LLMD_TUI_TENANT", tenant)
        await credential(where, None, somebody)[1].get_token_info(SCOPE)
        assert len(somebody.shown) == asked
    assert entra.asked.count("devicecode 11111111-2222-4333-8444-555555555555") == 1


async def test_a_browser_is_opened_quietly_and_sent_back(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, entra: Entra, capfd: pytest.CaptureFixture[str]
) -> None:
    person = tmp_path / "browser"
    person.write_text(
        "#!/bin/sh\n"
        "echo noise; echo noise >&2\n"
        f'echo "$1" > {tmp_path}/page\n'
        "back=$(echo \"$1\" | sed 's/.*redirect_uri=\\([^&]*\\).*/\\1/; s/%3A/:/g; s/%2F/\\//g')\n"
        "state=$(echo \"$1\" | sed 's/.*[?&]state=\\([^&]*\\).*/\\1/')\n"
        "nonce=$(echo \"$1\" | sed 's/.*[?&]nonce=\\([^&]*\\).*/\\1/')\n"
        'exec curl --silent --data "code=$nonce&state=$state" "$back"\n'
    )
    person.chmod(0o700)
    monkeypatch.setenv("BROWSER", str(person))
    monkeypatch.setenv("LLMD_TUI_AUTH", "browser")
    somebody = Somebody()
    async with simulated(monkeypatch, person=somebody) as (arm, _):
        assert arm.how == "browser"
    (prompt,) = somebody.shown
    assert prompt.code == ""
    assert prompt.uri.startswith(f"{entra.url}/organizations/oauth2/v2.0/authorize?")
    assert (tmp_path / "page").read_text().strip() == prompt.uri
    said = capfd.readouterr()
    assert said.err == said.out == ""


async def test_giving_up_a_browser_ends_the_waiting(
    monkeypatch: pytest.MonkeyPatch, entra: Entra, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BROWSER", "true")
    monkeypatch.setenv("LLMD_TUI_AUTH", "browser")
    somebody = Somebody()
    _, login = credential(endpoint_with_login(), None, somebody)
    for round_ in (1, 2):
        somebody.asked.clear()
        asking = asyncio.create_task(login.get_token_info(SCOPE))
        await somebody.asked.wait()
        somebody.shown[-1].cancel()
        with pytest.raises(LoginCancelled):
            await asking
        await no_login_waits()
        assert len(somebody.shown) == round_
    assert capfd.readouterr().err == ""
    assert entra.tokens == []


async def test_a_login_server_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", "https://localhost:1")
    login = PersonLogin("device-code", "https://localhost:1", None)
    login.person = Somebody()
    with pytest.raises(UserError, match="No answer from localhost, where one logs in"), explained("give a token"):
        await login.get_token_info(SCOPE)


def test_a_record_without_a_keyring_is_no_login() -> None:
    login_record().parent.mkdir(parents=True)
    login_record().write_text("{}")
    assert not keyring()
    assert not remembered()


def test_a_record_with_a_keyring_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(msal_extensions.persistence, "LibsecretPersistence", Keyring)
    assert not remembered()
    login_record().parent.mkdir(parents=True)
    login_record().write_text("{}")
    assert remembered()


def endpoint_with_login() -> Endpoint:
    """A simulated Azure that wants a login, which is simulated too."""
    where = Endpoint("http://127.0.0.1:1", simulated=True)
    assert not where.pretended
    return where


async def test_children_of_a_run_get_tokens_of_its_login(monkeypatch: pytest.MonkeyPatch, entra: Entra) -> None:
    """As helm and kubectl do, by the kubeconfig's exec entry; where nothing keeps the login but this process."""
    entra.entered.set()
    command = ["-m", "llmd_tui", "kube-token", "--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630"]
    somebody = Somebody()
    async with simulated(monkeypatch, person=somebody) as (arm, _):
        await arm.locations()
        assert await in_a_child(command) == (2, "There is nobody here to log in by device code.")
        await arm.lend()
        code, said = await in_a_child(command)
        socket = Path(os.environ["LLMD_TUI_LOGIN_SOCKET"])
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert code == 0
    assert json.loads(said)["status"]["token"] == entra.tokens[-1]
    assert len(somebody.shown) == 1
    assert not socket.parent.exists()
    assert "LLMD_TUI_LOGIN_SOCKET" not in os.environ


async def in_a_child(command: list[str]) -> tuple[int | None, str]:
    """Its exit code, and what it says: on stdout, else why not."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await child.communicate()
    return child.returncode, out.decode() or err.decode().splitlines()[0].removeprefix("llmd-tui: ")
