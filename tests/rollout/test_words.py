from hypothesis import given
from hypothesis import strategies as st

from llmd_tui.rollout.words import age, between, clock, duration, estimate, listing, many

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}

seconds = st.floats(0, 9e8, allow_nan=False)


def read(written: str) -> int:
    """Seconds of `3d04h`."""
    total, digits = 0, ""
    for letter in written:
        if letter.isdigit():
            digits += letter
        else:
            total, digits = total + int(digits) * _UNITS[letter], ""
    return total


def test_durations_look_as_the_screens_write_them() -> None:
    written = {
        6: "6s",
        287: "4m47s",
        60: "1m00s",
        3840: "1h04m",
        273_600: "3d04h",
        8_640_000: "100d",
        -3: "0s",
        59.9: "59s",
    }
    assert {n: duration(n) for n in written} == written


def test_ages_have_one_unit() -> None:
    written = {12: "12s", 250: "4m", 7300: "2h", 6 * 86400: "6d", 21 * 86400: "3w", -1: "0s"}
    assert {n: age(n) for n in written} == written


def test_estimates_are_round() -> None:
    assert [estimate(n) for n in (10, 59.7, 95, 540, 3900, 3599)] == ["10s", "1m", "2m", "9m", "1h05m", "1h00m"]


def test_what_is_usual_shares_its_unit() -> None:
    assert between(180, 480) == "3 to 8m"
    assert between(20, 60) == "20s to 1m"
    assert between(300, 300) == "5m"
    assert between(1800, 5400) == "30m to 1h30m"


def test_clock_gains_hours_when_it_needs_them() -> None:
    assert [clock(n) for n in (0, 1577, 5177)] == ["00:00", "26:17", "1:26:17"]


def test_counts_and_lists() -> None:
    assert many(1, "node") == "1 node"
    assert many(12345, "pod") == "12,345 pods"
    assert many(2, "policy", "policies") == "2 policies"
    assert [listing(list("abcde"[:n])) for n in range(6)] == [
        "",
        "a",
        "a and b",
        "a, b and c",
        "a, b, c and 1 more",
        "a, b, c and 2 more",
    ]


@given(seconds)
def test_a_duration_fits_its_column_and_loses_less_than_its_last_unit(n: float) -> None:
    written = duration(n)
    assert len(written) <= 6
    assert 0 <= n - read(written) < _UNITS[written[-1]]


@given(seconds)
def test_an_age_fits_its_column_and_is_never_too_old(n: float) -> None:
    written = age(n)
    assert len(written) <= 5
    assert 0 <= n - read(written) < _UNITS[written[-1]]


@given(seconds, seconds)
def test_longer_never_reads_shorter(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert read(duration(low)) <= read(duration(high))
    assert read(age(low)) <= read(age(high))
    assert read(estimate(low)) <= read(estimate(high))
