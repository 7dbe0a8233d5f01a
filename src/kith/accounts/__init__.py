"""The composition root's hands: for each type of account, which adapters read and write it, and with which password.

One file a type: :mod:`~kith.accounts.folder` and :mod:`~kith.accounts.server`. Each offers the same few things
(:class:`kith.accounts.base.OpenAccount`), so that nothing above asks what type an account is.

Adapters are imported when an account needs them, and an account signs in when it is first used, not before: what goes
wrong then belongs to that account alone. Nothing here decides anything about people or events.
"""
