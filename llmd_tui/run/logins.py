"""How a run was logged in to Azure, kept beside it: what somebody chose then holds when it is taken up again."""

import json
import os
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from llmd_tui.azure.clouds import CLOUD_VARIABLE, endpoint
from llmd_tui.azure.login import Chosen, choose_again
from llmd_tui.config.model import Config
from llmd_tui.errors import UserError
from llmd_tui.files import write_private
from llmd_tui.run.directory import RunDirectory

if TYPE_CHECKING:
    from llmd_tui.azure.client import Arm


def keep_login(directory: RunDirectory, arm: "Arm") -> None:
    """On a full disk the next process asks as if nothing had been chosen."""
    if then := arm.chosen:
        with suppress(OSError):
            write_private(directory.login, json.dumps(asdict(then)))


def same_login(directory: RunDirectory, config: Config) -> None:
    """Lets this process log in for the run's subscription as the last one did. Raises UserError for another cloud."""
    then = _then(directory)
    if then.cloud and then.cloud != endpoint().name:
        raise UserError(
            f"Run {directory.id} is of the cloud {then.cloud}, not of {endpoint().name}.",
            f"Say so when llmd-tui is started: {CLOUD_VARIABLE}={then.cloud}.",
        )
    if azure := config.target.azure:
        choose_again(azure.subscription, then)


def same_cloud(directory: RunDirectory) -> None:
    """For a process that does nothing else: the run's cloud, unless another one was named."""
    if cloud := _then(directory).cloud:
        os.environ.setdefault(CLOUD_VARIABLE, cloud)


def _then(directory: RunDirectory) -> Chosen:
    """Nothing where it was not kept or cannot be read."""
    with suppress(OSError, ValueError, TypeError):
        return Chosen(**json.loads(directory.login.read_text(encoding="utf-8")))
    return Chosen()
