"""Keeping what cannot be fetched again: backups of the store, and an archive that a person can read."""
