"""The kinds of feedback."""

KINDS = ("complaint", "praise", "suggestion")
