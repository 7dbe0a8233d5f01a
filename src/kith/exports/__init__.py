"""People out, as files that ``kith import`` and other programs read."""
