"""Diallers of a call centre: a list that is carried over as a file, or rows that are pushed to its address."""

from huifang.channels.dialler.fields import FILE_FIELDS, HTTP_FIELDS, Setup, setup
from huifang.channels.dialler.file import FileDialler
from huifang.channels.dialler.http import HttpDialler

__all__ = ["FILE_FIELDS", "HTTP_FIELDS", "FileDialler", "HttpDialler", "Setup", "setup"]
