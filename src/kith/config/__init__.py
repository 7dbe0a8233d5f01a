"""The config file: from the user's TOML to frozen, checked values, and small edits back into it.

* :mod:`~kith.config.load` reads a file and reports everything that is wrong with it at once;
* :mod:`~kith.config.schema` says what may stand in it, and turns it into the core's rules;
* :mod:`~kith.config.first` writes a first one from a few answers;
* :mod:`~kith.config.edit` changes one person's entry and leaves every other byte alone.

This room never signs in anywhere, never holds a secret, and never looks at an address book or a calendar:
whether a folder exists or an entry under ``[people]`` matches somebody is for others to say.
"""
