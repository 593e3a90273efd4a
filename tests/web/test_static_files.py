"""What pages fetch besides themselves is kept for ever under a name that changes with its content."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static
from django.test import Client

from huifang.app import static_files

NAMED = re.compile(r'(?:href|src)="(/static/[^"#]+)')
IMPORTED = re.compile(r'(?:from|import)\s*"([^"]+)"')
HASHED = re.compile(r"\.[0-9a-f]{12}\.\w+$")


def body(answer) -> str:
    return b"".join(answer.streaming_content).decode()


def names(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file() and path.suffix != ".gz"}


@pytest.fixture
def sources(monkeypatch):
    """Other files than the product's own; they may be changed, as an upgrade does."""
    files = {
        "a.css": b'body { background: url("b.svg") }',
        "b.svg": b"<svg/>",
        "c.js": b'import { d } from "./d.js";\nd();',
        "d.js": b"export const d = () => 1;",
    }
    monkeypatch.setattr(static_files, "_sources", lambda: iter(files.items()))
    static_files.version.cache_clear()
    yield files
    static_files.version.cache_clear()


def test_what_a_page_names_is_kept_for_ever_and_sent_compressed(db):
    client = Client()
    page = client.get("/sign-in/").content.decode()
    addresses = set(NAMED.findall(page))
    assert {Path(each).suffix for each in addresses} == {".css", ".js", ".svg"}
    for address in addresses:
        assert HASHED.search(address), address
        answer = client.get(address, headers={"accept-encoding": "gzip"})
        said = answer["Cache-Control"]
        assert "public" in said and "immutable" in said and int(re.search(r"max-age=(\d+)", said)[1]) >= 31_536_000
        assert "/mark." in address or answer["Content-Encoding"] == "gzip"
        assert b"".join(answer.streaming_content)


def test_scripts_fetch_each_other_by_such_names_too():
    client = Client()
    address = static("web/js/today.js")
    imported = IMPORTED.findall(body(client.get(address)))
    assert len(imported) == 4
    for name in imported:
        assert HASHED.search(name), name
        answer = client.get(address.rsplit("/", 1)[0] + "/" + name.removeprefix("./"))
        assert "immutable" in answer["Cache-Control"] and body(answer)


def test_a_plain_name_is_kept_shortly_and_asked_for_again():
    client = Client()
    answer = client.get("/static/web/css/base.css")
    assert answer["Cache-Control"] == "max-age=60, public"
    again = client.get("/static/web/css/base.css", headers={"if-modified-since": answer["Last-Modified"]})
    assert again.status_code == 304
    assert "scroll-padding-block" in body(answer)


def test_a_name_that_no_file_has_is_an_error_where_it_is_written():
    with pytest.raises(ValueError, match=r"nowhere\.css"):
        static("web/css/nowhere.css")


def test_styles_and_scripts_name_what_they_fetch(tmp_path, sources):
    assert static_files.collect(tmp_path / "static")
    storage = static_files.HashedFiles(location=tmp_path / "static")
    read = {name: (tmp_path / "static" / storage.stored_name(name)).read_text() for name in sources}
    assert storage.stored_name("b.svg") in read["a.css"]
    assert storage.stored_name("d.js") in read["c.js"]
    assert "icons.svg" in storage.hashed_files


def test_files_are_written_once(tmp_path, sources):
    assert static_files.collect(tmp_path / "static")
    assert not static_files.collect(tmp_path / "static")
    assert [each.name for each in tmp_path.iterdir()] == ["static"]


def test_after_an_upgrade_a_page_gets_what_belongs_to_it(tmp_path, sources):
    root = tmp_path / "static"
    static_files.collect(root)
    before = static_files.HashedFiles(location=root)
    old = names(root)
    sources["d.js"] = b"export const d = () => 2;"
    static_files.version.cache_clear()
    assert static_files.collect(root)
    after = static_files.HashedFiles(location=root)
    assert {name for name in sources if after.stored_name(name) != before.stored_name(name)} == {"c.js", "d.js"}
    assert old < names(root)  # a page that was opened before still finds its own
    assert "2" in (root / after.stored_name("d.js")).read_text() and "1" in (root / before.stored_name("d.js")).read_text()


def test_a_style_that_names_what_is_not_there_is_refused(tmp_path, sources):
    sources["a.css"] = b'body { background: url("nowhere.svg") }'
    with pytest.raises(ValueError, match=r"nowhere\.svg"):
        static_files.collect(tmp_path / "static")
    assert list(tmp_path.iterdir()) == []


def test_the_product_serves_by_these_names():
    assert isinstance(staticfiles_storage, static_files.HashedFiles)
