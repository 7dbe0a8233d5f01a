"""The real command line, as a process, in a home of its own."""
