"""`llmd-tui kube-token`: a token for clusters with Entra; what the kubeconfig of a run calls."""

import asyncio
import json
from argparse import Namespace

from llmd_tui.azure.kubelogin import exec_credential
from llmd_tui.commands.exits import Exit
from llmd_tui.commands.talk import data


def run(arguments: Namespace) -> int:
    data(json.dumps(asyncio.run(exec_credential(arguments.server_id, arguments.tenant_id))))
    return Exit.DONE
