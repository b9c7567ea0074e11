"""The secrets of a run: fetched in the moment of sending, and taken out of everything that is said."""

import re

from llmd_tui.config.secrets import Secrets

_LOOKS_SECRET = re.compile(
    r"hf_[A-Za-z0-9]{16,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"
    r"|(?<=[Bb]earer )[A-Za-z0-9._~+/-]{8,}=*"
)


class Vault(Secrets):
    """Takes out of texts also what nobody gave us but looks like a token: commands print what they like."""

    def redact(self, text: str) -> str:
        return _LOOKS_SECRET.sub("***", super().redact(text))
