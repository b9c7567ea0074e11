"""One connection to Azure Resource Manager: raw JSON requests, and what a plan's actions need."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from llmd_tui.azure import actions, api_versions
from llmd_tui.azure.agent import Agent
from llmd_tui.azure.auths import NAMES
from llmd_tui.azure.book import Book
from llmd_tui.azure.errors import check_json, explained
from llmd_tui.azure.listed import Location, Subscription, Tenant
from llmd_tui.azure.login import (
    Chosen,
    Endpoint,
    Person,
    credential,
    default_subscription,
    endpoint,
    how_chosen,
    named_subscription,
    silence,
    user_of,
)
from llmd_tui.azure.pipeline import (
    TRIES,
    authentication_policy,
    readable_retry_after,
    retry_policy,
    tell,
    transport,
)
from llmd_tui.azure.resources import Action, State, find
from llmd_tui.azure.shared import Patient, Shared
from llmd_tui.clock import Clock
from llmd_tui.errors import UserError
from llmd_tui.loading import load

if TYPE_CHECKING:
    from azure.mgmt.compute.aio import ComputeManagementClient
    from azure.mgmt.containerservice.aio import ContainerServiceClient

BIG = 200_000
"""Bytes of JSON from which on parsing would be felt on the event loop."""

_SUBSCRIPTIONS = "/subscriptions/"
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class Arm:
    """A connection. `how` says how it is logged in, `subscription` is the one chosen."""

    def __init__(self, where: Endpoint, how: str, login: Shared, transport: Any, clock: Clock) -> None:
        self.endpoint = where
        self.how = how
        self.clock = clock
        self.subscription = ""
        self._aliases: dict[str, str] = {}
        self._login = Patient(login, clock, tell)
        self._credential: Any = self._login  # As the SDK's clients have it.
        self._transport = transport
        self._where: dict[str, Any] = {
            "base_url": where.url,
            "credential_scopes": [where.scope],
            "transport": transport,
        }
        self._authentication = authentication_policy(where, self._login)
        self._raw = self._pipeline()
        self._book: Book | None = None
        self._agent: Agent | None = None
        self._clients: dict[str, ContainerServiceClient] = {}
        self._compute: ComputeManagementClient | None = None

    @classmethod
    async def connect(
        cls,
        subscription: str | None = None,
        *,
        clock: Clock | None = None,
        person: Person | None = None,
    ) -> "Arm":
        """Logs in and settles the subscription: the one named (id or name), else the default, else the first.

        The SDK is imported in a thread. `person` is asked when somebody has to log in; without it there is no such
        login. Raises UserError without a login or with an unknown subscription.
        """
        where = endpoint()
        silence()
        await load("azure.core.pipeline.transport", "azure.mgmt.core.policies")
        if not where.pretended:
            await load("azure.identity", "azure.identity.aio", "azure.mgmt.core")
        # In a thread: whether a keyring is there shows by asking it, and a locked one asks its owner first.
        how, login = await asyncio.to_thread(credential, where, subscription, person)
        # A proxy from the environment must not stand between us and our own machine.
        arm = cls(where, how, login, transport(use_env_settings=not where.simulated), clock or Clock())
        try:
            # Of a login that is not the CLI's the CLI's default may not be.
            named = default_subscription(where.cloud.az_name) if how == NAMES["cli"] else named_subscription()
            await arm._choose(subscription or (None if where.simulated else named))
        except BaseException:
            await arm.close()
            raise
        return arm

    @property
    def book(self) -> Book:
        """What is known of the subscription's regions."""
        if self._book is None:
            self._book = Book.of(self.subscription, simulated=self.endpoint.simulated)
        return self._book

    @property
    def user(self) -> str:
        """Who logged in to this program; empty where that was done elsewhere."""
        return user_of(self._login.login)

    @property
    def chosen(self) -> Chosen | None:
        """How somebody chose to log in; None on a simulator, where nobody does."""
        return None if self.endpoint.pretended else how_chosen(self.endpoint, self._login.login, self.subscription)

    def wait_for_login(self) -> None:
        """From now on a login that ends is waited for: what runs goes on when it is back."""
        self._login.waits = not self.endpoint.pretended

    async def lend(self) -> None:
        """From now on, until it is closed, children of this process get tokens of a login that only this one has."""
        if self.user:
            self._agent = Agent(self._login.login)
            await self._agent.start()

    async def close(self) -> None:
        if self._agent:
            await self._agent.close()
            self._agent = None
        await self._transport.close()

    async def __aenter__(self) -> "Arm":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def subscriptions(self) -> list[Subscription]:
        """Those that the login's tenant shows, as Azure orders them."""
        return [
            Subscription(
                id=entry["subscriptionId"],
                name=entry["displayName"],
                tenant=entry.get("tenantId", ""),
                state=entry.get("state", ""),
                quota_id=entry.get("subscriptionPolicies", {}).get("quotaId", ""),
            )
            async for entry in self.pages("/subscriptions", api_versions.SUBSCRIPTIONS, "list the subscriptions")
        ]

    async def tenants(self) -> list[Tenant]:
        """Those that the login can see into; each asks for a login of its own."""
        return [
            Tenant(entry["tenantId"], entry.get("displayName") or "", entry.get("defaultDomain") or "")
            async for entry in self.pages("/tenants", api_versions.SUBSCRIPTIONS, "list the tenants")
        ]

    async def locations(self) -> list[Location]:
        """The physical regions of the subscription, by name."""
        path = f"/subscriptions/{self.subscription}/locations"
        found = [
            Location(entry["name"], entry["displayName"])
            async for entry in self.pages(path, api_versions.SUBSCRIPTIONS, "list the regions of the subscription")
            if entry.get("metadata", {}).get("regionType", "Physical") == "Physical"
        ]
        return sorted(found, key=lambda location: location.name)

    async def get(self, path: str, api_version: str, query: Mapping[str, str] | None = None) -> Any:
        return await self.request("GET", path, api_version, query=query)

    async def put(self, path: str, api_version: str, body: Mapping[str, Any]) -> Any:
        return await self.request("PUT", path, api_version, body)

    async def post(self, path: str, api_version: str, body: Mapping[str, Any] | None = None) -> Any:
        return await self.request("POST", path, api_version, body)

    async def request(
        self,
        method: str,
        path: str,
        api_version: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """The parsed answer, None when there is none. `path` starts at /subscriptions. Raises ArmError."""
        from azure.core.rest import HttpRequest

        params = {"api-version": api_version, **(query or {})}
        made = HttpRequest(method, self.endpoint.url + self.resolve(path), params=params, json=body)
        return await self._send(made, f"{method.lower()} {path}")

    async def begin(self, method: str, path: str, api_version: str, doing: str) -> tuple[Any, Any]:
        """Sends what takes Azure long; the pipeline by which to follow it, and the first answer. Raises ArmError."""
        from azure.core.rest import HttpRequest

        made = HttpRequest(method, self.endpoint.url + self.resolve(path), params={"api-version": api_version})
        with explained(doing):
            answer = await self._raw.send_request(made, _return_pipeline_response=True)
            answer.http_response.raise_for_status()
        return self._raw, answer

    async def pages(self, path: str, api_version: str, doing: str = "") -> AsyncIterator[Any]:
        """The entries of a list, over all its pages. `doing` completes "Azure refused to ..."."""
        from azure.core.rest import HttpRequest

        url, doing = self.endpoint.url + self.resolve(path), doing or f"get {path}"
        page = await self._send(HttpRequest("GET", url, params={"api-version": api_version}), doing)
        while True:
            for entry in page.get("value", ()):
                yield entry
            following = page.get("nextLink")
            if not following:
                return
            page = await self._send(HttpRequest("GET", following), doing)

    async def run(
        self,
        action: Action,
        *,
        on_status: Callable[[str], None],
        token: str | None = None,
        on_token: Callable[[str], None] | None = None,
    ) -> Any:
        """Performs one action to its end and returns the resource. See `llmd_tui.azure.actions.run`."""
        return await actions.run(self, action, on_status=on_status, token=token, on_token=on_token)

    async def abort(self, action: Action) -> None:
        """Asks Azure to give up what `run` of the action waits for, which then ends with an error."""
        await actions.abort(self, action)

    async def look(self, action: Action) -> State:
        """How far what the action makes has come; a POST that only reads is always absent. Changes nothing."""
        return (await find(self, action)).state

    def resolve(self, path: str) -> str:
        """The path with the subscription's id where it holds its name."""
        root, _, rest = path.removeprefix(_SUBSCRIPTIONS).partition("/")
        known = self._aliases.get(root.lower())
        return f"{_SUBSCRIPTIONS}{known}/{rest}" if known and path.startswith(_SUBSCRIPTIONS) else path

    async def clusters(self, subscription: str) -> "ContainerServiceClient":
        """The SDK's AKS client; shares connection and token."""
        await load("azure.mgmt.containerservice.aio")
        from azure.core.pipeline.policies import ContentDecodePolicy
        from azure.mgmt.containerservice.aio import ContainerServiceClient

        if subscription not in self._clients:
            policies = self._policies(ContentDecodePolicy())
            self._clients[subscription] = ContainerServiceClient(
                self._credential, subscription, policies=policies, **self._where
            )
        return self._clients[subscription]

    async def compute(self) -> "ComputeManagementClient":
        """The SDK's client of VM sizes and their quotas in the subscription chosen; shares connection and token."""
        await load("azure.mgmt.compute.aio")
        from azure.core.pipeline.policies import ContentDecodePolicy
        from azure.mgmt.compute.aio import ComputeManagementClient

        if self._compute is None:
            policies = self._policies(ContentDecodePolicy())
            self._compute = ComputeManagementClient(
                self._credential, self.subscription, policies=policies, **self._where
            )
        return self._compute

    async def fetch(
        self, path: str, api_version: str, query: Mapping[str, str] | None = None, doing: str = ""
    ) -> tuple[bytes, str]:
        """A long answer as it comes over the wire, and its Content-Encoding: what it costs is the caller's choice."""
        from azure.core.exceptions import AzureError, HttpResponseError
        from azure.core.rest import HttpRequest

        params = {"api-version": api_version, **(query or {})}
        url = self.endpoint.url + self.resolve(path)
        with explained(doing or f"get {path}"):
            for tried in range(TRIES + 1):
                request = HttpRequest("GET", url, params=params, headers={"Accept-Encoding": "gzip"})
                response = await self._raw.send_request(request, stream=True)
                try:
                    if response.status_code >= 400:
                        await response.read()
                        raise HttpResponseError(response=response)
                    check_json(response)
                    return b"".join([part async for part in response.iter_raw()]), _encoding(response)
                except AzureError as error:
                    # A refusal was repeated by the pipeline as often as it is worth; an answer that broke off was not.
                    if response.status_code >= 400 or tried == TRIES:
                        raise
                    pause = 2.0**tried
                    tell(f"Azure's answer broke off ({error}), next try in {pause:.0f} s")
                    await self.clock.sleep(pause)
                finally:
                    await response.close()
        raise AssertionError("the last try returns or raises")

    async def _send(self, request: Any, doing: str) -> Any:
        with explained(doing):
            response = await self._raw.send_request(request)
            response.raise_for_status()
            content = response.content
            if content:
                check_json(response)
        if len(content) > BIG:
            return await asyncio.to_thread(json.loads, content)
        return json.loads(content) if content else None

    def _pipeline(self) -> Any:
        """For raw JSON; without the SDK's parsing of each answer, which would happen on the event loop."""
        from azure.mgmt.core import AsyncARMPipelineClient

        made: Any = AsyncARMPipelineClient
        return made(self.endpoint.url, policies=self._policies(), transport=self._transport)

    def _policies(self, *more: Any) -> list[Any]:
        """Without the SDK's own registering of providers: nothing is changed that no plan has shown."""
        from azure.core.pipeline import policies

        agent = policies.UserAgentPolicy("llmd-tui")
        return [
            *(policies.RequestIdPolicy(), agent, policies.ProxyPolicy(), *more),
            *(policies.AsyncRedirectPolicy(), retry_policy(self.clock), self._authentication, readable_retry_after()),
            *(policies.CustomHookPolicy(), policies.SensitiveHeaderCleanupPolicy()),
        ]

    async def _choose(self, wanted: str | None) -> None:
        if wanted and _GUID.fullmatch(wanted):
            self.subscription = wanted
            return
        known = await self.subscriptions()
        if not known:
            raise UserError("This login sees no subscription.", "Log in as somebody else, or with --tenant.")
        match = [s for s in known if not wanted or s.name.lower() == wanted.lower()]
        if not match:
            names = ", ".join(s.name for s in known)
            raise UserError(f"There is no subscription {wanted} for this login.", f"It sees: {names}.")
        preset = None if wanted else default_subscription(self.endpoint.cloud.az_name)
        first = min(match, key=lambda s: (s.id != preset, s.state not in ("", "Enabled")))
        self.subscription = first.id
        self._aliases = {s.name.lower(): s.id for s in known}


def _encoding(response: Any) -> str:
    return str(response.headers.get("Content-Encoding") or "")
