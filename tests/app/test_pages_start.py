"""What serves the pages is ready before the first request, and carries none of the heavy libraries that only jobs need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
HEAVY = ["sklearn", "scipy", "pandas", "ortools", "huifang.analytics.feedback.model"]
LOOK = f"""
import sys
import huifang.app.wsgi
from django.urls import get_resolver
assert "url_patterns" in vars(get_resolver()), "the pages are read with the first request"
print(*[name for name in {HEAVY} if name in sys.modules])
"""


def test_the_pages_start_without_the_heavy_libraries(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUIFANG_", "COVERAGE_", "COV_", "DJANGO_"))}
    environment = {**kept, "HUIFANG_DATA": str(tmp_path), "PYTHONPATH": str(SOURCE)}
    done = subprocess.run([sys.executable, "-c", LOOK], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
