"""The command as a user runs it: real processes, a real server, a real terminal."""
