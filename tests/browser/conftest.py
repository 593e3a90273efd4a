"""A real browser before the real server."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.server import BROWSER_FLAGS, PASSWORD, ROOT, Installation, browser_path


@dataclass(frozen=True)
class Served:
    """An installation that is served, and the cookies of those who have signed in, by name: signing in once is enough."""

    place: Installation
    signed_in: dict[str, Any]


Open = Callable[..., Page]
Serve = Callable[[str, tuple[tuple[str, str], ...]], Served]
expect.set_options(timeout=60_000)  # a busy machine is no fault of the page


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def _served() -> Iterator[Serve]:
    """Servers by what was entered into them: modules that enter the same share one."""
    with ExitStack() as ending:

        @cache
        def serve(seed: str, more: tuple[tuple[str, str], ...]) -> Served:
            place = Installation(Path(ending.enter_context(TemporaryDirectory())), **dict(more))
            place.run(seed)
            place.keep()
            ending.enter_context(place.serving())
            return Served(place, {})

        yield serve


@pytest.fixture
def served(_served: Serve, request: pytest.FixtureRequest) -> Served:
    """A server with what the module's `SEED` enters (the repair shop's day) and its `ENVIRONMENT`, as if nobody had done anything yet."""
    seed, more = getattr(request.module, "SEED", "tests.browser.seed"), getattr(request.module, "ENVIRONMENT", {})
    found = _served(seed, tuple(more.items()))
    found.place.restore()
    return found


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server, for walks that want one; each makes a database of its own there."""
    sys.path.insert(0, str(ROOT / "scripts"))
    with_postgresql = importlib.import_module("with_postgresql")
    with with_postgresql.server() as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = browser_path()
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        yield found
        found.close()


@pytest.fixture
def open_page(browser: Browser, served: Served) -> Iterator[Open]:
    """A page as somebody, at a width; a script's error or a breach of the content policy fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_as(name: str, path: str, width: int = 1440, **more: Any) -> Page:
        state = served.signed_in.get(name)
        context = browser.new_context(
            base_url=served.place.address, locale="zh-CN", viewport={"width": width, "height": 900}, storage_state=state, **more
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
        if state is None and name:
            page.goto("/sign-in/")
            page.fill("#id_username", name)
            page.fill("#id_password", PASSWORD)
            page.click("form.stack .button-main")
            page.wait_for_url(lambda url: "sign-in" not in url)
            served.signed_in[name] = context.storage_state()
        page.goto(path)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert not faults


def barriers(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA and its best practices: one line each."""
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": tags}}).response["violations"]
    return [f"{each['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}" for each in found for node in each["nodes"][:3]]
