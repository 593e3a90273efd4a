"""Huifang 慧访: customer follow-up, planned once and followed through."""

__version__ = "0.1.0"
