"""One pass: fetch, absorb, read back, plan, reconcile, act.

The rooms here know the ports, the store and the core. They never name a back end, and they never sleep or loop.
"""
