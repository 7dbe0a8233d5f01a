"""Decisions, and nothing else: no clock, disk, network, log or randomness.

Everything here is a function from values to values. Time, ids and the user's rules are passed in.
"""
