"""Client of Huifang's interface."""

from huifang_client.client import Huifang, Problem

__all__ = ["Huifang", "Problem"]
