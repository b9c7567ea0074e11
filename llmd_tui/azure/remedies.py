"""What to do about an error of Azure, by its code and the words of its message."""

import re

from llmd_tui.presets.remedies import Kind, remedies

_UNKNOWN = {"subscription": "SUBSCRIPTION", "tenant": "TENANT", "wait": "a minute"}


def remedy(code: str, message: str, **known: str) -> tuple[Kind, str]:
    """What the error is about and what to do; both empty when it is not known here.

    `known` are the subscription, its tenant, and how long to `wait`, where they are.
    """
    for row in remedies():
        if code in row.codes and (found := re.search(row.phrase, message, re.IGNORECASE | re.DOTALL)):
            return row.kind, row.remedy.format_map({**_UNKNOWN, **known, **found.groupdict()})
    return "", ""
