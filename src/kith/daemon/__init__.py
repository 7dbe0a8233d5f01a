"""The daemon: keeps time with ``schedule``, and starts passes as children with a time limit.

It never reads an address book or a calendar itself, and writes nothing. So each pass reads the config afresh, a hung
one can be ended, and the idle daemon stays small: this room imports neither the command line, nor the config's schema,
nor the store's. Of the config it reads how often and how long; of the store, when the next pass is due.
"""
