"""kith as a service of the user's systemd: the unit files, what this config needs of the sandbox, and how it all is.

Nothing here is needed to make a pass. What the user wrote or changed by hand is never written over.
"""
