"""Where events go and come back from; one port (``base``), one file for each kind of calendar."""
