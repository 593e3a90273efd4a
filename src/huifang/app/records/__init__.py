"""The system's records: one Django application, one line of migrations."""
