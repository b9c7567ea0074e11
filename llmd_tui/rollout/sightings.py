"""What events tell: when, about which container, and how long an image pull took."""

import re
from collections.abc import Iterable
from datetime import datetime

from llmd_tui.objects import Object
from llmd_tui.rollout.reading import created, dig, text, when

_PULLED = re.compile(r'Successfully pulled image "([^"]+)" in ((?:[\d.]+(?:h|ms|m|µs|us|s))+)')
_PART = re.compile(r"(\d+(?:\.\d+)?)(h|ms|m|µs|us|s)")
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6}


def event_time(event: Object) -> datetime | None:
    """When it was last seen. The scheduler fills other fields than kubelet and controllers."""
    return (
        when(dig(event, "series", "lastObservedTime"))
        or when(event.get("lastTimestamp"))
        or when(event.get("eventTime"))
        or created(event)
    )


def container_of(event: Object) -> str:
    """The container's name out of `spec.initContainers{NAME}`; the words of messages differ between versions."""
    return text(dig(event, "involvedObject", "fieldPath")).partition("{")[2].removesuffix("}")


def pulled(event: Object) -> tuple[str, float] | None:
    """Image and seconds of a finished pull; None for every other event, also for an image that was there already."""
    if event.get("reason") != "Pulled":
        return None
    found = _PULLED.match(text(event.get("message")))
    return (found[1], go_duration(found[2])) if found else None


def go_duration(written: str) -> float:
    """Seconds of a Go duration such as `1m2.5s`; what is no duration counts nothing."""
    return sum(float(amount) * _UNITS[unit] for amount, unit in _PART.findall(written))


def pull_started(events: Iterable[Object], container: str) -> datetime | None:
    """Since when the kubelet pulls that container's image; None when it does not, as far as the pod's events tell.

    `events` are the pod's, oldest first.
    """
    started: datetime | None = None
    for event in events:
        if container_of(event) == container:
            started = event_time(event) if event.get("reason") == "Pulling" else None
    return started
