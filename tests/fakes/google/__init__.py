"""Google, as far as kith speaks with it: a stateful emulator on a loopback port."""
