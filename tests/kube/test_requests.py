"""What a request makes of answers that no healthy API server gives."""

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.client_reqrep import ConnectionKey
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from llmd_tui.kube.connection import Cluster, KubeError, Unreachable
from llmd_tui.kube.errors import talking_to
from tests.kube.server import cluster_of, kubeconfig, serving, status


async def test_status_becomes_an_error(tmp_path: Path) -> None:
    async def conflict(_: web.BaseRequest) -> web.Response:
        return status(409, "Conflict", "Apply failed with 1 conflict")

    async with cluster_of(conflict, tmp_path) as cluster:
        with pytest.raises(KubeError) as raised:
            await cluster.request("GET", "/x")
    assert (raised.value.status, raised.value.reason) == (409, "Conflict")
    assert raised.value.message == "Apply failed with 1 conflict"


async def test_forbidden_says_what_to_do(tmp_path: Path) -> None:
    async def forbidden(_: web.BaseRequest) -> web.Response:
        return status(403, "Forbidden", 'nodes is forbidden: User "x" cannot list resource "nodes"')

    async with cluster_of(forbidden, tmp_path) as cluster:
        with pytest.raises(KubeError, match='User "x" cannot list'):
            await cluster.list("v1", "Node")
        with pytest.raises(KubeError, match="Ask for a role"):
            await cluster.list("v1", "Node")


async def test_refused_credentials_name_server_and_context(tmp_path: Path) -> None:
    async def unauthorized(_: web.BaseRequest) -> web.Response:
        return status(401, "Unauthorized", "Unauthorized")

    async with cluster_of(unauthorized, tmp_path) as cluster:
        with pytest.raises(KubeError, match=r"127\.0\.0\.1.* does not accept .*context c.*az aks get-cred") as raised:
            await cluster.request("GET", "/x")
    assert raised.value.status == 401


async def test_page_of_a_proxy_keeps_its_words(tmp_path: Path) -> None:
    async def gateway(_: web.BaseRequest) -> web.Response:
        return web.Response(status=502, text="<h1>Bad\nGateway</h1>")

    async with cluster_of(gateway, tmp_path) as cluster:
        with pytest.raises(KubeError, match="HTTP 502 Bad Gateway: <h1>Bad Gateway</h1>"):
            await cluster.request("GET", "/x")


@pytest.mark.parametrize(
    "body", ["<html>Welcome</html>", '{"kind": "Pod"', "x" * 100_000], ids=["page", "cut", "large"]
)
async def test_garbage_is_no_api_server(tmp_path: Path, body: str) -> None:
    async def garbage(_: web.BaseRequest) -> web.Response:
        return web.Response(text=body, content_type="text/html")

    async with cluster_of(garbage, tmp_path) as cluster:
        with pytest.raises(Unreachable, match="answers like no API server"):
            await cluster.request("GET", "/x")


async def test_text_is_text(tmp_path: Path) -> None:
    async def text(_: web.BaseRequest) -> web.Response:
        return web.Response(text="ok")

    async with cluster_of(text, tmp_path) as cluster:
        assert await cluster.request("GET", "/readyz") == "ok"


async def test_patience_is_given(tmp_path: Path) -> None:
    asked = 0

    async def busy_twice(_: web.BaseRequest) -> web.Response:
        nonlocal asked
        asked += 1
        if asked < 3:
            return status(429, "TooManyRequests", "slow down", headers={"Retry-After": "0"})
        return web.json_response({"asked": asked})

    async with cluster_of(busy_twice, tmp_path) as cluster:
        assert await cluster.request("POST", "/x", body={}) == {"asked": 3}


async def test_patience_ends_with_the_timeout(tmp_path: Path) -> None:
    async def busy(_: web.BaseRequest) -> web.Response:
        return status(429, "TooManyRequests", "slow down", headers={"Retry-After": "3600"})

    async with cluster_of(busy, tmp_path) as cluster:
        with pytest.raises(KubeError) as raised:
            await cluster.request("GET", "/x", timeout=30)
    assert (raised.value.status, raised.value.retry_after) == (429, 3600)


async def test_slow_server(tmp_path: Path) -> None:
    async def hang(_: web.BaseRequest) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with cluster_of(hang, tmp_path) as cluster:
        with pytest.raises(Unreachable, match="does not answer in time"):
            await cluster.request("GET", "/x", timeout=0.05)


async def test_broken_connection(tmp_path: Path) -> None:
    async def hang_up(request: web.BaseRequest) -> web.Response:
        assert request.transport
        request.transport.abort()
        return web.Response()

    async with cluster_of(hang_up, tmp_path) as cluster:
        with pytest.raises(Unreachable, match=r"The connection to http://127\.0\.0\.1:\d+ \(context c\) broke"):
            await cluster.request("GET", "/x")


async def test_dead_endpoint(tmp_path: Path, unused_tcp_port: int) -> None:
    server = f"https://127.0.0.1:{unused_tcp_port}"
    async with await Cluster.connect(kubeconfig(tmp_path / "k", server)) as cluster:
        with pytest.raises(
            Unreachable, match=rf"No connection to {server} \(context c\): Connection refused.*az aks show"
        ):
            await cluster.version()


async def test_address_that_is_none(tmp_path: Path) -> None:
    async with await Cluster.connect(kubeconfig(tmp_path / "k", "nowhere")) as cluster:
        with pytest.raises(Unreachable, match=r"nowhere \(context c\) is not the address of an API server"):
            await cluster.version()


def test_unknown_name() -> None:
    key = ConnectionKey("x.invalid", 443, True, True, None, None, None)
    expected = pytest.raises(Unreachable, match=r"The name of https://x.invalid .* cannot be resolved")
    with expected, talking_to("https://x.invalid", "c"):
        raise aiohttp.ClientConnectorDNSError(key, OSError("no such host"))


async def test_certificates(tmp_path: Path) -> None:
    async def answer(_: web.BaseRequest) -> web.Response:
        return web.json_response({"gitVersion": "v1.35.4"})

    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(_self_signed(tmp_path / "pem", "api.example"))
    names = {"certificate-authority": "pem", "tls-server-name": "api.example"}
    async with serving(answer, tls=tls) as url:
        async with await Cluster.connect(kubeconfig(tmp_path / "trusting", url, tls=names)) as cluster:
            assert (await cluster.version())["gitVersion"] == "v1.35.4"
        async with await Cluster.connect(kubeconfig(tmp_path / "ignorant", url)) as cluster:
            with pytest.raises(Unreachable, match=r"No trusted TLS connection .* self-signed certificate"):
                await cluster.version()
        async with await Cluster.connect(
            kubeconfig(tmp_path / "wrong", url, tls={"certificate-authority": "pem"})
        ) as c:
            with pytest.raises(Unreachable, match=r"No trusted TLS connection .* IP address mismatch"):
                await c.version()
        async with await Cluster.connect(kubeconfig(tmp_path / "plain", url.replace("https", "http"))) as cluster:
            with pytest.raises((KubeError, Unreachable)):
                await cluster.version()


def _self_signed(path: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
