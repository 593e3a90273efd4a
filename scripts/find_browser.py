"""Find a Chromium for the browser tests, or get one: one that is there, else Playwright's own, else Debian's package.

Prints the path of the program. Exits with 1 and says how to get one where nothing helps.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
ADVICE = """No Chromium was found, and none could be installed.
Install one and run the tests again:
  Debian, Ubuntu:  sudo apt-get install chromium
  elsewhere:       .venv/bin/playwright install chromium
or name one that is there:  HUIFANG_BROWSER=/path/to/chromium make test"""


def find() -> str | None:
    """Path of a Chromium that is there and starts."""
    candidates = (os.environ.get("HUIFANG_BROWSER"), *map(shutil.which, NAMES))
    return next((path for path in candidates if path and _starts(path)), None) or _playwright()


def _starts(path: str) -> bool:
    """Whether it is a browser that can be run here, and not a stub that only says how to get one."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, check=False, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _playwright() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if _starts(path) else None


def _run(*command: str) -> bool:
    try:
        return subprocess.run(command, stdout=sys.stderr, stderr=sys.stderr, check=False, timeout=600).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def get() -> str | None:
    """Install one: Playwright's, else Debian's."""
    if _run(sys.executable, "-m", "playwright", "install", "chromium") and (path := find()):
        return path
    if shutil.which("apt-get") and hasattr(os, "geteuid"):
        sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if _run(*sudo, "apt-get", "update", "-qq") and _run(*sudo, "apt-get", "install", "-y", "-qq", "chromium", "fonts-noto-cjk"):
            return find()
    return None


def main() -> int:
    """Print the path."""
    path = find() or get()
    print(path or ADVICE, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
