"""Times and durations as Kubernetes writes them."""

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """RFC 3339 in whole seconds, for fields of type Time."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def exact(moment: datetime) -> str:
    """RFC 3339 with nine digits of fraction, as container runtimes stamp log lines."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"


def human(seconds: float) -> str:
    """A duration as tables show it: `119s`, `5m3s`, `47h`, `3d4h`, `2y10d`."""
    if seconds < -1:
        return "<invalid>"
    s = max(0, int(seconds))
    minutes, hours = s // 60, s // 3600
    for limit, unit, major, minor, sub in (
        (120, "s", s, 0, ""),
        (600, "m", minutes, s % 60, "s"),
        (180 * 60, "m", minutes, 0, ""),
        (8 * 3600, "h", hours, minutes % 60, "m"),
        (48 * 3600, "h", hours, 0, ""),
        (8 * 86400, "d", hours // 24, hours % 24, "h"),
        (2 * 365 * 86400, "d", hours // 24, 0, ""),
        (8 * 365 * 86400, "y", hours // 24 // 365, hours // 24 % 365, "d"),
    ):
        if s < limit:
            return f"{major}{unit}{minor}{sub}" if minor else f"{major}{unit}"
    return f"{hours // 24 // 365}y"
