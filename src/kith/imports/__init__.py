"""Files in: one reader for each kind of file, all of which give a :class:`~kith.imports.base.Reading`."""
