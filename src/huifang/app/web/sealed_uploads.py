"""Uploads that lie sealed on the disk while they come in, under a key that only this process has."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from cryptography.fernet import Fernet
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

if TYPE_CHECKING:
    _UploadedFile = UploadedFile[bytes]
else:
    _UploadedFile = UploadedFile


class SealedUpload(_UploadedFile):
    """What has come in. Read it by `chunks`, once; `size` counts what was sent, also beyond what was kept."""

    def __init__(self, disk: IO[bytes], opened: Iterator[bytes], name: str, size: int) -> None:
        super().__init__(disk, name, size=size)
        self._pieces = opened

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:  # noqa: ARG002 - as they came in
        """The bytes in the order in which they came."""
        yield from self._pieces


class SealingHandler(FileUploadHandler):
    """Takes every file of a request; keeps at most `most` bytes of each."""

    def __init__(self, request: HttpRequest, most: int) -> None:
        super().__init__(request)
        self._most = most

    def new_file(self, *args: object, **kwargs: object) -> None:
        """A file begins."""
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]  # as Django hands them on
        self._disk = tempfile.TemporaryFile()  # noqa: SIM115 - closed with its request
        self._seal, self._lengths, self._sent = Fernet(Fernet.generate_key()), list[int](), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002
        """Seal a piece of it."""
        self._sent += len(raw_data)
        if self._sent <= self._most:
            self._lengths.append(self._disk.write(self._seal.encrypt(raw_data)))

    def file_complete(self, file_size: int) -> SealedUpload:
        """All of it has come."""
        return SealedUpload(self._disk, self._opened(), self.file_name or "", file_size)

    def _opened(self) -> Iterator[bytes]:
        self._disk.seek(0)
        for length in self._lengths:
            yield self._seal.decrypt(self._disk.read(length))
