"""Where cards come from; one port (``base``), one file for each kind of address book."""
