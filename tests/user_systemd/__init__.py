"""kith under a real service manager."""
