"""kith keeps you in touch with the people you know."""

__version__ = "0.1.0"
