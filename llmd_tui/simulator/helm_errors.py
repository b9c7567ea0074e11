"""What the helm stand-in ends with. A module of its own: `helm` is `__main__` while it runs, and another one beside."""


class Failure(Exception):
    """What helm prints after `Error: `, with exit code 1."""


class Refused(Failure):
    """The API server's Status: `code` (0 when it cannot be reached) and message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
