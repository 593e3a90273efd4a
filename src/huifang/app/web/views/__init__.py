"""Pages, a file for each area."""
