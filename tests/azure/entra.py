"""A small Entra on loopback, over TLS, for the SDK's real logins: device codes, browsers, refreshing."""

import asyncio
import base64
import datetime
import ipaddress
import json
import ssl
import threading
import time
import uuid
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.typedefs import Handler
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CANARY = "canary-of-a-secret"
"""In every token and device code: nowhere to be found afterwards."""
TENANT = "6b0c3f1e-0000-4000-8000-5d1a70000002"
PAGE = "https://microsoft.com/devicelogin"
CODE = "ABCD-EFGH"
USER = "ada@contoso.com"
SAYS = {
    "authorization_pending": "AADSTS70016: OAuth 2.0 device flow error. Authorization is pending.",
    "slow_down": "AADSTS50199: slow down",
    "authorization_declined": "AADSTS70018: The user declined.",
    "expired_token": "AADSTS70020: The provided value for the input parameter 'device_code' is not valid.",
    "invalid_client": "AADSTS7000215: Invalid client secret provided. Ensure the secret being sent is the value.",
    "invalid_grant": "AADSTS700082: The refresh token has expired due to inactivity.",
    "interaction_required": "AADSTS50076: Due to a configuration change you must use multi-factor authentication.",
}


class Entra:
    """`first` are the answers to the first questions whether the code was entered; after them `entered` decides.

    `seconds` is how long a token is good for, `refuses` what refreshing answers until somebody logs in again.
    """

    def __init__(self, folder: Path, first: Iterable[str] = (), *, seconds: int = 3600, interval: int = 0) -> None:
        self.entered = threading.Event()
        self.first = deque(first)
        self.seconds = seconds
        self.refuses = ""
        self.asked: list[str] = []
        self.tokens: list[str] = []
        self.url = ""
        self._interval = interval
        self._certificate, self._key = _certificate(folder)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._up = threading.Event()
        self._loop = asyncio.new_event_loop()

    @property
    def environment(self) -> dict[str, str]:
        """What the SDK needs to find it."""
        return {"AZURE_AUTHORITY_HOST": self.url, "REQUESTS_CA_BUNDLE": str(self._certificate)}

    def use(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)
        # What logs in without a person is asynchronous; aiohttp reads no environment, and that when it is imported.
        trusting = ssl.create_default_context(cafile=str(self._certificate))
        monkeypatch.setattr("aiohttp.connector._SSL_CONTEXT_VERIFIED", trusting)

    def __enter__(self) -> "Entra":
        self._thread.start()
        self._up.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        runner = self._loop.run_until_complete(self._serve())
        self._up.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._end(runner))
        self._loop.close()

    async def _serve(self) -> web.AppRunner:
        app = web.Application(middlewares=[_once])
        app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", self._configuration)
        app.router.add_post("/{tenant}/oauth2/v2.0/devicecode", self._device_code)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        runner = web.AppRunner(app, shutdown_timeout=0)
        await runner.setup()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._certificate, self._key)
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
        self.url = f"https://localhost:{runner.addresses[0][1]}"
        return runner

    @staticmethod
    async def _end(runner: web.AppRunner) -> None:
        await runner.cleanup()
        # Closing a connection that is encrypted takes a few turns.
        await asyncio.sleep(0.05)

    async def _configuration(self, request: web.Request) -> web.Response:
        root = f"{self.url}/{request.match_info['tenant']}"
        return web.json_response(
            {
                "issuer": f"{self.url}/{TENANT}/v2.0",
                "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
                "token_endpoint": f"{root}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{root}/oauth2/v2.0/devicecode",
            }
        )

    async def _device_code(self, request: web.Request) -> web.Response:
        self.asked.append(f"devicecode {request.match_info['tenant']}")
        code = {"device_code": f"{CANARY}-device", "user_code": CODE, "verification_uri": PAGE, "message": ""}
        return web.json_response({**code, "expires_in": 900, "interval": self._interval})

    async def _token(self, request: web.Request) -> web.Response:
        given = await request.post()
        grant = str(given["grant_type"]).rpartition(":")[2]
        self.asked.append(grant)
        if grant == "device_code" and (refusal := await self._not_yet()):
            return _refused(refusal)
        if grant in ("refresh_token", "client_credentials") and self.refuses:
            return _refused(self.refuses)
        if grant != "refresh_token":
            self.refuses = ""
        # Whoever plays the browser hands the nonce over as the code.
        nonce = {"nonce": str(given["code"])} if grant == "authorization_code" else {}
        return web.json_response(self._tokens(str(given["client_id"]), request.match_info["tenant"], nonce))

    async def _not_yet(self) -> str:
        if self.first:
            return self.first.popleft()
        await asyncio.sleep(0.05)
        return "" if self.entered.is_set() else "authorization_pending"

    def _tokens(self, client: str, tenant: str, nonce: dict[str, str]) -> dict[str, Any]:
        now, tenant = int(time.time()), tenant if tenant != "organizations" else TENANT
        # Azure reads its tenant.
        token = f"{CANARY}.{_encoded({'tid': tenant, 'n': len(self.tokens)})}.x"
        self.tokens.append(token)
        who = {"iss": f"{self.url}/{tenant}/v2.0", "sub": "s", "aud": client, "tid": tenant}
        claims = {**who, **nonce, "preferred_username": USER, "exp": now + 3600, "iat": now}
        return {
            "access_token": token,
            "refresh_token": f"{CANARY}-refresh-{uuid.uuid4()}",
            "id_token": f"e30.{_encoded(claims)}.x",
            "client_info": _encoded({"uid": "u", "utid": TENANT}),
            "expires_in": self.seconds,
            "token_type": "Bearer",
            "scope": "https://management.azure.com/.default",
        }


@web.middleware
async def _once(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A connection for each request: none is left over."""
    answer = await handler(request)
    answer.force_close()
    return answer


def _refused(error: str) -> web.Response:
    return web.json_response({"error": error, "error_description": SAYS[error]}, status=400)


def _encoded(claims: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, secret = folder / "entra.pem", folder / "entra.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    kind = serialization.PrivateFormat.PKCS8
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()))
    return certificate, secret
