"""The only writers: one file for each group of verbs."""
