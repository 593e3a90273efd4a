"""Bringing files in: keep, read, find the header, map columns, check values, apply, undo."""
