"""The playbook file: schema, loader, checks, library."""
