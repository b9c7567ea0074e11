"""SPDY/3.1 framing, as kubectl port-forward speaks it inside of a websocket. Bytes in, frames out; no sockets here."""

import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_VERSION = 0x8003
_SYN_STREAM, _SYN_REPLY, _RST_STREAM, _PING, _GOAWAY = 1, 2, 3, 6, 7
_FIN = 1

_WORDS = """
options head post put delete trace accept accept-charset accept-encoding accept-language accept-ranges age allow
authorization cache-control connection content-base content-encoding content-language content-length content-location
content-md5 content-range content-type date etag expect expires from host if-match if-modified-since if-none-match
if-range if-unmodified-since last-modified location max-forwards pragma proxy-authenticate proxy-authorization range
referer retry-after server te trailer transfer-encoding upgrade user-agent vary via warning www-authenticate method get
status 200_OK version HTTP/1.1 url public set-cookie keep-alive origin
""".replace("\n", " ")
_REST = (
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505203 Non-Authoritative "
    "Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized403 Forbidden404 Not Found500 "
    "Internal Server Error501 Not Implemented503 Service UnavailableJan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec "
    "00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMTchunked,text/html,image/png,image/jpg,image/gif,application/xml,"
    "application/xhtml+xml,text/plain,text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8"
    "charset=iso-8859-1,utf-,*,enq=0."
)
_DICTIONARY = (
    b"".join(struct.pack(">I", len(word)) + word.replace("_", " ").encode() for word in _WORDS.split()) + _REST.encode()
)
"""What both sides have "sent" before the first header, so that it compresses well. Part of the protocol."""


@dataclass(frozen=True)
class Opened:
    """The peer opened a stream. `finished`: it will not write to it."""

    stream: int
    headers: Mapping[str, str]
    finished: bool


@dataclass(frozen=True)
class Data:
    stream: int
    payload: bytes
    finished: bool


@dataclass(frozen=True)
class Reset:
    """The peer gave a stream up."""

    stream: int


@dataclass(frozen=True)
class Ping:
    id: int


class Framer:
    """Both directions of one connection; headers are compressed with state."""

    def __init__(self) -> None:
        self._buffer = b""
        self._inflate = zlib.decompressobj(zdict=_DICTIONARY)
        self._deflate = zlib.compressobj(zdict=_DICTIONARY)

    def receive(self, data: bytes) -> Iterator[Opened | Data | Reset | Ping]:
        """The frames that are complete now."""
        self._buffer += data
        while len(self._buffer) >= 8:
            first, second = struct.unpack(">II", self._buffer[:8])
            flags, length = second >> 24, second & 0xFFFFFF
            if len(self._buffer) < 8 + length:
                return
            payload, self._buffer = self._buffer[8 : 8 + length], self._buffer[8 + length :]
            if not first >> 31:
                yield Data(first, payload, bool(flags & _FIN))
            else:
                yield from self._control(first & 0xFFFF, payload, finished=bool(flags & _FIN))

    def _control(self, kind: int, payload: bytes, *, finished: bool) -> Iterator[Opened | Reset | Ping]:
        if kind == _SYN_STREAM:
            (stream,) = struct.unpack(">I", payload[:4])
            yield Opened(stream, self._headers(payload[10:]), finished)
        elif kind == _RST_STREAM:
            yield Reset(struct.unpack(">I", payload[:4])[0])
        elif kind == _PING:
            yield Ping(struct.unpack(">I", payload[:4])[0])

    def _headers(self, block: bytes) -> dict[str, str]:
        text = self._inflate.decompress(block)
        at = 4
        words: list[str] = []
        for _ in range(2 * struct.unpack(">I", text[:4])[0]):
            (length,) = struct.unpack(">I", text[at : at + 4])
            words.append(text[at + 4 : at + 4 + length].decode())
            at += 4 + length
        return {name.lower(): value for name, value in zip(words[::2], words[1::2], strict=True)}

    def accept(self, stream: int) -> bytes:
        """The answer to a stream that was opened."""
        block = self._deflate.compress(struct.pack(">I", 0)) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        return _frame(_SYN_REPLY, struct.pack(">I", stream) + block)

    def write(self, stream: int, payload: bytes, *, finished: bool = False) -> bytes:
        return struct.pack(">II", stream, (_FIN << 24 if finished else 0) | len(payload)) + payload

    def pong(self, ping: Ping) -> bytes:
        return _frame(_PING, struct.pack(">I", ping.id))


def _frame(kind: int, payload: bytes) -> bytes:
    return struct.pack(">HHI", _VERSION, kind, len(payload)) + payload
