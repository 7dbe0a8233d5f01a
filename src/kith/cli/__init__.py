"""The command line: one verb a file, one error boundary, tables for people and ``--json`` for programs."""
