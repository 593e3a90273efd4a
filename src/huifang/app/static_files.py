"""What pages fetch besides themselves (styles, scripts, pictures): each file under a name with the hash of its content.

Such a name may be kept for ever, and a page only names what belongs to it: what a style or a script fetches is named in it in the same way.
The names are made once for each content, in the data folder, when the product starts; what older pages name stays there.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]  # it brings no types

from huifang.app import icon_sheet

UNUSED = ["ext", "htma*", "htmx-4*", "htmx-2.js", "django-htmx.js"]
"""What the htmx package brings along and no page asks for."""


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # a class without types
    """Names with hashes, also in what scripts import; which name is whose stands in a list of its own for each content."""

    support_js_module_import_aggregation = True

    @property
    def manifest_name(self) -> str:
        """The list's file, named after everything in it."""
        return f"names.{version()}.json"


def collect(root: Path) -> bool:
    """Write all files with their names, and compressed, into `root` unless they are there; whether it was needed.

    Many processes may do so at once: each writes beside, then moves file by file, the list last.
    """
    if (root / f"names.{version()}.json").exists():
        return False
    with TemporaryDirectory(dir=root.parent, prefix=f"{root.name}.") as beside:
        storage = HashedFiles(location=beside)
        files = dict(_sources()) | {icon_sheet.NAME: icon_sheet.sheet().encode()}
        for name, content in files.items():
            storage.save(name, ContentFile(content))
        for _name, _hashed, done in storage.post_process({name: (storage, name) for name in files}):
            if isinstance(done, Exception):
                raise done
        _move(Path(beside), root, last=storage.manifest_name)
    return True


def _move(beside: Path, root: Path, last: str) -> None:
    for path in sorted(beside.rglob("*"), key=lambda each: each.name == last):
        if path.is_file():
            target = root / path.relative_to(beside)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)


@cache
def version() -> str:
    """Twelve hexadecimal digits that change with any of these files: what a page looks like, and the scripts it runs."""
    made_from = sha256(icon_sheet.made_from())
    for name, content in _sources():
        made_from.update(name.encode() + b"\0" + content)
    return made_from.hexdigest()[:12]


def _sources() -> Iterator[tuple[str, bytes]]:
    for finder in get_finders():
        for name, storage in finder.list(UNUSED):
            yield name, Path(storage.path(name)).read_bytes()
