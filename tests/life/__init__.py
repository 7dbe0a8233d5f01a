"""Weeks and years in the life of a simulated user, on a real server."""
