"""A checklist as JUnit XML, for the test report of a pipeline."""

import re
from datetime import UTC, datetime
from xml.etree import ElementTree

from llmd_tui.events import CheckLine
from llmd_tui.render.checklist import CheckReport
from llmd_tui.text import block

_SUITE = "llmd-tui"
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""


def as_junit(report: CheckReport) -> str:
    """A failed check is a failure; a waived or skipped one, and one that did not look, is skipped with its reason."""
    suites = ElementTree.Element("testsuites")
    total = len(report.lines) + len(report.waiting) + len(report.left_out)
    failures = sum(line.result == "fail" for line in report.lines)
    skipped = total - len(report.lines) + sum(_skipped(line) is not None for line in report.lines)
    counts = {"tests": str(total), "failures": str(failures), "errors": "0", "skipped": str(skipped)}
    seconds = f"{sum(line.seconds for line in report.lines):.3f}"
    stamp = f"{datetime.fromtimestamp(report.at, UTC):%Y-%m-%dT%H:%M:%S}"
    head = {"name": _text(report.title), **counts, "time": seconds, "timestamp": stamp}
    suite = ElementTree.SubElement(suites, "testsuite", head)
    for line in report.lines:
        _case(suite, line)
    for name in report.waiting:
        case = ElementTree.SubElement(suite, "testcase", {"classname": _SUITE, "name": _text(name), "time": "0"})
        ElementTree.SubElement(case, "skipped", {"message": "not looked at"})
    for name, reason in report.left_out.items():
        case = ElementTree.SubElement(suite, "testcase", {"classname": _SUITE, "name": _text(name), "time": "0"})
        ElementTree.SubElement(case, "skipped", {"message": _text(reason)})
    ElementTree.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(suites, encoding="unicode") + "\n"


def _case(suite: ElementTree.Element, line: CheckLine) -> None:
    head = {"classname": _SUITE, "name": _text(line.id), "time": f"{line.seconds:.3f}"}
    case = ElementTree.SubElement(suite, "testcase", head)
    reason = _skipped(line)
    if reason is not None:
        ElementTree.SubElement(case, "skipped", {"message": _text(reason)})
    elif line.result == "fail":
        failure = ElementTree.SubElement(case, "failure", {"message": _text(line.evidence), "type": "check"})
        failure.text = _text("\n".join(filter(None, (line.title, line.evidence, line.remedy, line.command))))
    said = ElementTree.SubElement(case, "system-out")
    said.text = _text("\n".join(filter(None, (line.title, f"{line.result}: {line.evidence}", line.remedy))))


def _skipped(line: CheckLine) -> str | None:
    if line.waived:
        return f"waived: {line.waived}"
    return line.evidence if line.result == "skipped" else None


def _text(text: str) -> str:
    return _FORBIDDEN.sub("�", block(text))
