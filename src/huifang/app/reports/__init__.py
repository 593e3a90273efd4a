"""Registers and reports as XLSX and PDF."""
