"""Channel drivers, one folder each."""
