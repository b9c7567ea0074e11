"""A desktop's keyring and the want of one, as msal-extensions shows them on Linux; sessions of tests have neither."""


class Keyring:
    """What libsecret keeps; held in memory here."""

    is_encrypted = True

    def __init__(self, *_: object, **__: object) -> None:
        """Takes what the library's own takes."""


def no_keyring(*_: object, **__: object) -> None:
    raise ImportError("No module named 'gi'")
