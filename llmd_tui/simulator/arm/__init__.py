"""Azure Resource Manager over HTTP on loopback, as far as AKS with GPU pools needs it. The real SDK talks to it."""

from llmd_tui.simulator.arm.cloud import Cloud
from llmd_tui.simulator.arm.server import ArmServer, serve

__all__ = ["ArmServer", "Cloud", "serve"]
