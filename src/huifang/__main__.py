"""``python -m huifang``: the same as the command ``huifang``."""

from huifang.cli import command

command()
