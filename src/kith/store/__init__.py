"""kith's memory: SQLite, private to the user."""
