"""Endpoint, order of credentials, one token for all clients, silence."""

import json
import logging
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import msal_extensions
import pytest

from llmd_tui.azure.client import Arm
from llmd_tui.azure.clouds import CLOUDS
from llmd_tui.azure.login import (
    WAYS,
    Endpoint,
    NotLoggedIn,
    SimulatorCredential,
    credential,
    default_subscription,
    endpoint,
    logged,
    login_record,
    profile_file,
    silence,
)
from llmd_tui.azure.prices import price_endpoint
from llmd_tui.azure.profile import profile_subscriptions, tenant_of
from llmd_tui.azure.quota import quota_page
from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from tests.azure.cloud import AKS, CLUSTER, SUBSCRIPTION, put_group, simulated
from tests.azure.keyring import Keyring, no_keyring
from tests.azure.somebody import Somebody

REAL = Endpoint("https://management.azure.com", simulated=False)
IDENTITY = {"AZURE_TENANT_ID": "11111111-1111-4111-8111-111111111111", "AZURE_CLIENT_ID": "2"}


@pytest.fixture(autouse=True)
def nobody_is_logged_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("AZURE_")]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("LLMD_TUI_ARM_ENDPOINT", raising=False)
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(tmp_path / "azure"))
    monkeypatch.setenv("PATH", str(tmp_path))


def log_in_with_the_cli(tmp_path: Path) -> None:
    az = tmp_path / "az"
    az.write_text("#!/bin/sh\n")
    az.chmod(az.stat().st_mode | stat.S_IXUSR)
    profile = {"subscriptions": [{"id": "other"}, {"id": SUBSCRIPTION, "isDefault": True}]}
    profile_file().parent.mkdir()
    profile_file().write_text(json.dumps(profile), encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("url", "simulated_"),
    [
        ("http://127.0.0.1:9", True),
        ("http://localhost:9/", True),
        ("http://[::1]:9", True),
        ("https://management.usgovcloudapi.net", False),
    ],
)
def test_endpoints(monkeypatch: pytest.MonkeyPatch, url: str, simulated_: bool) -> None:
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", url)
    assert endpoint() == Endpoint(url.rstrip("/"), simulated_)


@pytest.mark.parametrize("url", ["http://management.azure.com", "http://10.0.0.1", "ftp://x", "nonsense", "https://"])
def test_a_token_never_goes_over_plain_http(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", url)
    with pytest.raises(UserError, match="LLMD_TUI_ARM_ENDPOINT"):
        endpoint()


def test_the_order_of_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log_in_with_the_cli(tmp_path)
    assert credential(REAL, SUBSCRIPTION, None)[0] == "az CLI"
    for name, value in {**IDENTITY, "AZURE_CLIENT_SECRET": "s"}.items():
        monkeypatch.setenv(name, value)
    assert credential(REAL, None, None)[0] == "environment"
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(tmp_path / "token"))
    assert credential(REAL, None, None)[0] == "workload identity"
    assert credential(Endpoint("http://127.0.0.1:9", simulated=True), None, None)[0] == "simulator"


@pytest.mark.parametrize(
    ("variables", "how"),
    [
        ({"SSH_CONNECTION": "1", "DISPLAY": ":0"}, "device code"),
        ({"DISPLAY": ":0"}, "browser"),
        ({}, "device code"),
        ({"LLMD_TUI_AUTH": "managed-identity"}, "managed identity"),
        ({"LLMD_TUI_AUTH": "cli", "LLMD_TUI_TENANT": "11111111-1111-4111-8111-111111111111"}, "az CLI"),
    ],
)
def test_where_somebody_sits_decides(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], how: str) -> None:
    for name in ("SSH_CONNECTION", "SSH_TTY", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert credential(REAL, None, Somebody())[0] == how


@pytest.mark.parametrize("auth", ["device-code", "browser"])
def test_nobody_is_asked_where_nobody_is(monkeypatch: pytest.MonkeyPatch, auth: str) -> None:
    monkeypatch.setenv("LLMD_TUI_AUTH", auth)
    with pytest.raises(UserError, match="nobody here to log in"):
        credential(REAL, None, None)
    monkeypatch.setattr(msal_extensions.persistence, "LibsecretPersistence", Keyring)
    who = {"authority": "login.microsoftonline.com", "clientId": "c", "homeAccountId": "h", "tenantId": "t"}
    login_record().parent.mkdir(parents=True)
    login_record().write_text(json.dumps({**who, "username": "ada", "version": "1.0"}))
    how, _ = credential(REAL, None, None)
    assert how == auth.replace("-", " "), "whoever logged in before is remembered"


@pytest.mark.parametrize("auth", ["device-code", "browser"])
def test_without_a_keyring_the_cli_takes_the_place_of_a_login_that_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, auth: str
) -> None:
    monkeypatch.setenv("LLMD_TUI_AUTH", auth)
    monkeypatch.setattr(msal_extensions.persistence, "LibsecretPersistence", no_keyring)
    login_record().parent.mkdir(parents=True)
    login_record().write_text("{}")
    with pytest.raises(UserError, match="nobody here to log in") as error:
        credential(REAL, None, None)
    assert "az login" in error.value.remedy
    log_in_with_the_cli(tmp_path)
    assert credential(REAL, None, None)[0] == "az CLI"


def test_an_unknown_way_to_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMD_TUI_AUTH", "carrier-pigeon")
    with pytest.raises(UserError, match="no way to log in"):
        credential(REAL, None, None)


def test_clouds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMD_TUI_CLOUD", "usgovernment")
    where = endpoint()
    assert where.url == "https://management.usgovcloudapi.net"
    assert where.scope == "https://management.core.usgovcloudapi.net/.default", "another host than the endpoint's"
    assert where.cloud is CLOUDS["usgovernment"]
    monkeypatch.setenv("LLMD_TUI_CLOUD", "moon")
    with pytest.raises(UserError, match="moon is not a cloud"):
        endpoint()


def test_the_profile_tells_subscriptions_and_tenants_at_once(tmp_path: Path) -> None:
    assert profile_subscriptions() == ()
    profile_file().parent.mkdir()
    user = {"name": "ada@contoso.com", "type": "user"}
    entries = [
        {"id": "1", "name": "b", "tenantId": "t1", "state": "Enabled", "user": user},
        {"id": "2", "name": "a", "tenantId": "t2", "tenantDisplayName": "Fabrikam", "isDefault": True},
        {"id": "3", "name": "gov", "tenantId": "t3", "environmentName": "AzureUSGovernment"},
    ]
    profile_file().write_text(json.dumps({"subscriptions": entries}), encoding="utf-8-sig")
    known = profile_subscriptions()
    assert [(each.name, each.tenant, each.tenant_name) for each in known] == [
        ("a", "t2", "Fabrikam"),
        ("b", "t1", ""),
        ("gov", "t3", ""),
    ]
    assert (tenant_of(None), tenant_of("B"), tenant_of("1"), tenant_of("other")) == ("t2", "t1", "t1", None)
    assert default_subscription() == "2"
    assert default_subscription("AzureUSGovernment") is None, "the default one is of another cloud"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"subscriptions": [{}]}', '{"subscriptions": 5}'])
def test_a_profile_that_cannot_be_read_is_none(text: str) -> None:
    profile_file().parent.mkdir()
    profile_file().write_text(text)
    assert profile_subscriptions() == ()


def test_the_sdk_speaks_to_the_runs_log_alone(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    handler = logging.FileHandler(tmp_path / "log")
    with logged(handler):
        logging.getLogger("azure.identity").warning("DefaultAzureCredential failed")
    logging.getLogger("msal").warning("later")
    handler.close()
    assert (tmp_path / "log").read_text() == "DefaultAzureCredential failed\n"
    assert capfd.readouterr().err == ""


def test_without_a_login_it_says_so() -> None:
    with pytest.raises(UserError, match="Nobody is logged in"):
        credential(REAL, None, None)


def test_the_default_subscription(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert default_subscription() is None
    log_in_with_the_cli(tmp_path)
    assert default_subscription() == SUBSCRIPTION
    monkeypatch.setenv("AZURE_SUBSCRIPTION_ID", "named")
    assert default_subscription() == "named"


async def test_all_clients_share_one_token(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    give = SimulatorCredential.get_token_info

    async def count(self: SimulatorCredential, *scopes: str, options: Any = None) -> Any:
        asked.extend(scopes)
        return await give(self, *scopes, options=options)

    monkeypatch.setattr(SimulatorCredential, "get_token_info", count)
    async with simulated(monkeypatch) as (arm, _):
        await arm.run(put_group(), on_status=lambda _: None)
        await arm.look(put_group())
        await (await arm.clusters(SUBSCRIPTION)).managed_clusters.list_kubernetes_versions("eastus2")
        assert [usage async for usage in (await arm.compute()).usage.list("eastus2")]
    assert asked == ["https://management.azure.com/.default"]


async def test_the_subscription_by_name_by_id_or_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, _):
        assert (arm.subscription, arm.how) == (SUBSCRIPTION, "simulator")
        assert [s.name for s in await arm.subscriptions()] == ["contoso-ml"]
        assert [location.name for location in await arm.locations()] == ["eastus2", "westeurope"]
        assert arm.resolve("/subscriptions/Contoso-ML/resourceGroups/contoso-ml") == (
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/contoso-ml"
        )
        for wanted in (None, SUBSCRIPTION, "CONTOSO-ML"):
            async with await Arm.connect(wanted) as other:
                assert other.subscription == SUBSCRIPTION
        with pytest.raises(UserError, match="no subscription fabrikam"):
            await Arm.connect("fabrikam")


async def test_errors_name_what_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async with simulated(monkeypatch) as (arm, _):
        with pytest.raises(UserError) as error:
            await arm.get(CLUSTER, AKS)
    assert "Resource group 'llmd' could not be found. (ResourceGroupNotFound, correlation id " in str(error.value)


async def test_a_dead_endpoint_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMD_TUI_ARM_ENDPOINT", "http://127.0.0.1:1")
    with pytest.raises(UserError, match="No answer from Azure"):
        await Arm.connect(clock=Clock(speed=6000))


def test_the_sdk_says_nothing_on_the_screen(capfd: pytest.CaptureFixture[str]) -> None:
    silence()
    silence()
    for name in ("azure.identity", "azure.core.pipeline", "msal", "urllib3.connectionpool"):
        logging.getLogger(name).warning("DefaultAzureCredential failed")
    assert capfd.readouterr().err == ""
    assert len(logging.getLogger("azure").handlers) == 1


def test_nothing_of_the_sdk_is_imported_before_a_connection() -> None:
    code = (
        "import sys, llmd_tui.azure.client, llmd_tui.azure.capacity;"
        "print([m for m in sys.modules if m.split('.')[0] in ('azure', 'aiohttp', 'requests', 'msal')])"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("cloud", "endpoint_", "scope", "authority", "portal"),
    [
        (
            "usgovernment",
            "https://management.usgovcloudapi.net",
            "https://management.core.usgovcloudapi.net/.default",
            "https://login.microsoftonline.us",
            "https://portal.azure.us/",
        ),
        (
            "china",
            "https://management.chinacloudapi.cn",
            "https://management.chinacloudapi.cn/.default",
            "https://login.chinacloudapi.cn",
            "https://portal.azure.cn/",
        ),
    ],
)
def test_a_sovereign_cloud_is_one_in_everything(
    monkeypatch: pytest.MonkeyPatch, cloud: str, endpoint_: str, scope: str, authority: str, portal: str
) -> None:
    monkeypatch.setenv("LLMD_TUI_CLOUD", cloud)
    where = endpoint()
    assert (where.url, where.scope, where.authority) == (endpoint_, scope, authority)
    assert quota_page().startswith(portal)
    assert price_endpoint(where) == "", "the price list is of the public cloud"
    monkeypatch.delenv("LLMD_TUI_CLOUD")
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", authority.removeprefix("https://"))
    assert endpoint() == where, "as a pod there is told by its environment"


def test_a_private_authority_is_taken_and_never_without_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", "login.azure.local")
    assert endpoint().authority == "https://login.azure.local"
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", "http://login.azure.local")
    with pytest.raises(UserError, match="not https"):
        _ = endpoint().authority


def test_a_simulator_gets_no_real_login(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log_in_with_the_cli(tmp_path)
    monkeypatch.setenv("LLMD_TUI_AUTH", "cli")
    here = Endpoint("http://127.0.0.1:9", simulated=True)
    for authority in (None, "https://login.microsoftonline.us", "https://login.azure.local"):
        if authority:
            monkeypatch.setenv("AZURE_AUTHORITY_HOST", authority)
        assert credential(here, None, None)[0] == "simulator"
    monkeypatch.setenv("AZURE_AUTHORITY_HOST", "https://127.0.0.1:9")
    assert credential(here, None, None)[0] == "az CLI", "a login that is simulated too"


def test_the_cli_of_another_cloud_is_no_login(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    log_in_with_the_cli(tmp_path)
    monkeypatch.setenv("LLMD_TUI_CLOUD", "usgovernment")
    assert credential(endpoint(), None, Somebody())[0] == "device code"
    monkeypatch.setenv("LLMD_TUI_AUTH", "cli")
    with pytest.raises(UserError, match="not logged in to AzureUSGovernment") as error:
        credential(endpoint(), None, None)
    assert "az cloud set --name AzureUSGovernment" in error.value.remedy


def test_who_chooses_the_way_is_asked_for_it() -> None:
    somebody = Somebody()
    somebody.chooses = True
    with pytest.raises(NotLoggedIn) as error:
        credential(REAL, None, somebody)
    assert error.value.remedy == WAYS
