"""Texts from outside to our values and back; pure, and the only rooms that know a file format."""
