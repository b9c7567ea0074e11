"""What goes wrong by the user's or the surroundings' doing. Shown as it is; never as a traceback."""


class UserError(Exception):
    """Names the thing, the cause and the next step, in at most two sentences.

    `message` says what is wrong with what ("Standard_ND96isr_H100 is not a GPU size that is known here"),
    `remedy` what to do now ("`llmd-tui plan` lists them; did you mean Standard_ND96isr_H100_v5?").
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class NotLoggedIn(UserError):
    """There is no login, and nobody who could be asked, or who said which way to take."""
