"""Everything that can be looked at without changing anything, for ``kith check``: a group of findings a file."""
