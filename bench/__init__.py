"""What kith costs in time and memory, measured: ``python -m bench``."""
