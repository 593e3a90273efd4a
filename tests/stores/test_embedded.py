"""The embedded store leaves nothing behind when its process ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ENDS_AT_ONCE = """
import atexit, os, sys
from pathlib import Path
from huifang.stores.embedded import connect
folder = Path(sys.argv[1])
kept = connect(memory_limit="40MB", threads=1, spill=folder)
kept.raw_sql("CREATE TABLE much AS SELECT range AS number, md5(range::VARCHAR) AS text FROM range(1500000)")
assert list(folder.iterdir()), "nothing was spilled"
atexit._run_exitfuncs()
os._exit(0)
"""


def test_what_did_not_fit_in_memory_is_gone_after_a_quick_end(tmp_path: Path):
    folder = tmp_path / "spilled"
    subprocess.run([sys.executable, "-c", ENDS_AT_ONCE, str(folder)], check=True, timeout=300)
    assert not folder.exists() or not list(folder.iterdir())
