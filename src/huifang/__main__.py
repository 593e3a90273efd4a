"""``python -m huifang``: the same as the command ``huifang``."""

import sys

from huifang.cli import main

sys.exit(main())
