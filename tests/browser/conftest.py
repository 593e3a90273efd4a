"""A real browser before the real server."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.server import BROWSER_FLAGS, PASSWORD, ROOT, browser_path, running

Open = Callable[..., Page]
expect.set_options(timeout=60_000)  # a busy machine is no fault of the page


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server, for walks that want one; each makes a database of its own there."""
    sys.path.insert(0, str(ROOT / "scripts"))
    with_postgresql = importlib.import_module("with_postgresql")
    with with_postgresql.server() as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=browser_path(), args=BROWSER_FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def sessions() -> dict[str, Any]:
    """Signed-in cookies by name: signing in once is enough."""
    return {}


@pytest.fixture
def open_page(browser: Browser, address: str, sessions: dict[str, Any]) -> Iterator[Open]:
    """A page as somebody, at a width; a script's error or a breach of the content policy fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_as(name: str, path: str, width: int = 1440, **more: Any) -> Page:
        state = sessions.get(name)
        context = browser.new_context(
            base_url=address, locale="zh-CN", viewport={"width": width, "height": 900}, storage_state=state, **more
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
            sessions[name] = context.storage_state()
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
