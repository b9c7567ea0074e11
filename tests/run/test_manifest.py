"""Where published manifests come from."""

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from llmd_tui.errors import UserError
from llmd_tui.plan.actions import Manifest
from llmd_tui.run.actions.manifest import objects_of

TEXT = "kind: A\n---\n---\nkind: B\n"
SHA256 = "fb1a1fd5f95ab1a3e7c3cbc1b1e9bb0a2ee0fa6f7b5e6a6e0a3cf1f2c4f8b1a2"


async def serve(status: int = 200, text: str = TEXT) -> TestServer:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=text)

    app = web.Application()
    app.router.add_get("/v1/all.yaml", answer)
    server = TestServer(app)
    await server.start_server()
    return server


async def test_fetched_over_http() -> None:
    server = await serve()
    try:
        found = await objects_of(Manifest(str(server.make_url("/v1/all.yaml")), "", ()))
    finally:
        await server.close()
    assert [obj["kind"] for obj in found] == ["A", "B"]


@pytest.mark.parametrize(("status", "text", "said"), [(404, "", "cannot be fetched: 404"), (200, "<html>", "holds no")])
async def test_what_is_no_manifest(status: int, text: str, said: str) -> None:
    server = await serve(status, text)
    try:
        with pytest.raises(UserError, match=said):
            await objects_of(Manifest(str(server.make_url("/v1/all.yaml")), "", ()))
    finally:
        await server.close()


async def test_nobody_there() -> None:
    with pytest.raises(UserError, match="cannot be fetched") as caught:
        await objects_of(Manifest("http://127.0.0.1:1/v1/all.yaml", "", ()))
    assert "LLMD_TUI_MANIFESTS" in caught.value.remedy


async def test_a_copy_in_a_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "v1-all.yaml").write_text(TEXT)
    monkeypatch.setenv("LLMD_TUI_MANIFESTS", f"{tmp_path}/")
    assert len(await objects_of(Manifest("https://example.org/v1/all.yaml", "", ()))) == 2
    with pytest.raises(UserError, match="cannot be read"):
        await objects_of(Manifest("https://example.org/v2/all.yaml", "", ()))


async def test_another_content_than_was_pinned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "all.yaml").write_text(TEXT)
    with pytest.raises(UserError, match="is not the manifest that was pinned"):
        await objects_of(Manifest(str(tmp_path / "all.yaml"), SHA256, ()))
    (tmp_path / "all.yaml").write_text("a: [")
    with pytest.raises(UserError, match="is not YAML"):
        await objects_of(Manifest(str(tmp_path / "all.yaml"), "", ()))
