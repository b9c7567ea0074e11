"""Durations and ages as every screen and every line of text shows them."""

MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800


def duration(seconds: float) -> str:
    """`6s`, `4m47s`, `1h04m`, `3d04h`, from 100 days on `100d`; at most six characters below 10,000 days."""
    whole = max(0, int(seconds))
    if whole < MINUTE:
        return f"{whole}s"
    if whole < HOUR:
        return f"{whole // MINUTE}m{whole % MINUTE:02}s"
    if whole < DAY:
        return f"{whole // HOUR}h{whole % HOUR // MINUTE:02}m"
    if whole < 100 * DAY:
        return f"{whole // DAY}d{whole % DAY // HOUR:02}h"
    return f"{whole // DAY}d"


def age(seconds: float) -> str:
    """`12s`, `4m`, `2h`, `6d`, `3w`: one unit, rounded down; at most four characters below 1,000 weeks."""
    whole = max(0, int(seconds))
    for unit, letter in ((WEEK, "w"), (DAY, "d"), (HOUR, "h"), (MINUTE, "m")):
        if whole >= unit:
            return f"{whole // unit}{letter}"
    return f"{whole}s"


def estimate(seconds: float) -> str:
    """A round time for what is only estimated: `10s`, `9m`, `1h05m`. The caller writes `~` or `about` before it."""
    whole = max(0, round(seconds))
    if whole < MINUTE:
        return f"{whole}s"
    minutes = round(whole / MINUTE)
    return f"{minutes}m" if minutes < 60 else f"{minutes // 60}h{minutes % 60:02}m"


def between(low: float, high: float) -> str:
    """What is usual, in seconds, as a sentence says it: `3 to 8m`, `20s to 1m`, `5m` when both are the same."""
    first, last = estimate(low), estimate(high)
    if first == last:
        return last
    short = first[-1] == last[-1] and first[:-1].isdigit() and last[:-1].isdigit()
    return f"{first[:-1] if short else first} to {last}"


def clock(seconds: float) -> str:
    """Time since the start of a run: `26:17`, from one hour on `1:26:17`."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, HOUR)
    return f"{hours}:{rest // MINUTE:02}:{rest % MINUTE:02}" if hours else f"{rest // MINUTE:02}:{rest % MINUTE:02}"


def many(count: int, one: str, several: str = "") -> str:
    """`1 pod`, `3 pods`, `12,345 pods`: thousands are set apart from ten thousand on."""
    written = f"{count:,}" if count >= 10_000 else str(count)
    return f"{written} {one if count == 1 else several or one + 's'}"


def listing(names: list[str], most: int = 3) -> str:
    """`a`, `a and b`, `a, b and c`, `a, b, c and 4 more`."""
    shown = names[:most]
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return " and ".join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))
