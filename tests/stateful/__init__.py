"""Whole passes against a calendar and address books that misbehave, over days and years."""
