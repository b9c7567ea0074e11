"""Bodies in protobuf."""

import base64

import pytest

from llmd_tui.simulator.kubernetes.protobuf import from_protobuf
from llmd_tui.simulator.kubernetes.status import StatusError


def field(number: int, payload: bytes | int) -> bytes:
    if isinstance(payload, int):
        return bytes([number << 3]) + varint(payload)
    return bytes([number << 3 | 2]) + varint(len(payload)) + payload


def varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def envelope(api_version: str, kind: str, raw: bytes) -> bytes:
    head = field(1, api_version.encode()) + field(2, kind.encode())
    return b"k8s\x00" + field(1, head) + field(2, raw) + field(3, b"") + field(4, b"")


def test_a_secret() -> None:
    metadata = field(1, b"one") + field(5, b"") + field(7, 0) + field(11, field(1, b"a") + field(2, b"b"))
    data = field(1, b"key") + field(2, b"\x00\xff")
    body = envelope("v1", "Secret", field(1, metadata) + field(2, data) + field(3, b"Opaque") + field(5, 0))
    assert from_protobuf(body) == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "one", "labels": {"a": "b"}},
        "data": {"key": base64.b64encode(b"\x00\xff").decode()},
        "type": "Opaque",
        "immutable": False,
    }


def test_numbers_times_and_what_is_inlined() -> None:
    port = field(1, b"http") + field(2, b"TCP") + field(3, 80) + field(4, field(1, 1) + field(2, 0) + field(3, b"web"))
    number = field(3, 81) + field(4, field(1, 0) + field(2, -1))
    body = envelope("v1", "Service", field(2, field(1, port) + field(1, number)))
    spec = from_protobuf(body)["spec"]
    assert [port["targetPort"] for port in spec["ports"]] == ["web", -1]
    source = field(2, field(1, b"") + field(2, field(1, b"1Gi")))
    volume = field(1, b"v") + field(2, source)
    metadata = field(1, b"p") + field(8, field(1, 0) + field(2, 0))
    pod = from_protobuf(envelope("v1", "Pod", field(1, metadata) + field(2, field(1, volume))))
    assert pod["metadata"]["creationTimestamp"] == "1970-01-01T00:00:00Z"
    assert pod["spec"]["volumes"][0]["emptyDir"] == {"sizeLimit": "1Gi"}


@pytest.mark.parametrize("body", [b"", b"{}", b"k8s\x00\x0a\x05ab", b"k8s\x00", envelope("v1", "Gadget", b"")])
def test_what_cannot_be_read(body: bytes) -> None:
    with pytest.raises(StatusError) as refused:
        from_protobuf(body)
    assert refused.value.code == 400
