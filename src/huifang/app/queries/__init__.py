"""Reads for screens, registers and reports."""
