"""`python -m llmd_tui`."""

import sys

from llmd_tui.cli import main

sys.exit(main())
