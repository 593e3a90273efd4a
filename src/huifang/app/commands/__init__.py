"""The system's verbs of the command line, a module each."""
