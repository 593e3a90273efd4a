"""The application: records, services, queries, jobs, pages."""
