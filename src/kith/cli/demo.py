"""``kith demo``."""


def demo() -> None:
    """x"""
