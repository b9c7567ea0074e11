"""The browser of a login: opened without a word on the terminal, its page noted, and the waiting for it ended."""

import http.client
import os
import shlex
import shutil
import socket
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

NAME = "llmd-tui"
PORTS = range(8400, 9000)
"""Those that the SDK tries itself."""
SECONDS = 5.0


def note_pages(note: Callable[[str], None]) -> None:
    """From now on `note` gets each page that is opened, in the thread that opens it."""
    with suppress(webbrowser.Error):
        webbrowser.get(NAME)
        return
    webbrowser.register(NAME, None, _Quiet(note), preferred=True)


class _Quiet(webbrowser.BaseBrowser):
    """Opens what the system has without letting it write on the terminal; leaves the rest to Python's own."""

    def __init__(self, note: Callable[[str], None]) -> None:
        super().__init__(NAME)
        self._note = note

    def open(self, url: str, new: int = 0, autoraise: bool = True) -> bool:
        self._note(url)
        for command in _commands(url):
            try:
                opened = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            except OSError:
                continue
            threading.Thread(target=opened.wait, daemon=True, name="browser").start()
            return True
        return False


def _commands(url: str) -> Iterator[list[str]]:
    for named in filter(None, os.environ.get("BROWSER", "").split(os.pathsep)):
        words = shlex.split(named)
        yield [word.replace("%s", url) for word in words] if "%s" in named else [*words, url]
    if sys.platform == "linux" and (opener := shutil.which("xdg-open")):
        yield [opener, url]


def listen() -> str:
    """An address that the browser can be sent back to. Raises OSError when there is none."""
    for port in PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("localhost", port))
            return f"http://localhost:{port}"
    raise OSError("no port is free for the browser to come back to")


def unblocking(address: str) -> Callable[[], None]:
    """Ends the waiting for the browser, which listens for one request: this is it."""

    def end() -> None:
        with suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=SECONDS)
            connection.request("GET", "/?error=cancelled")
            connection.getresponse().read()

    return end
