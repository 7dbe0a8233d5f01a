"""Another name for an account in the config: one word changes, every other byte stays."""

from __future__ import annotations

import pytest

from kith.config.edit import rename_account
from kith.errors import ConfigError

CONFIG = """\
# mine
timezone = "Europe/Lisbon"

[ accounts . phone ]  # in my pocket
type = "folder"
calendar = "/calendar"   # phone

[accounts.work]
type = "folder"
calendar = "/work"

[calendar]
account = 'phone' # to here
"""


def test_only_the_name_changes() -> None:
    edited = rename_account(CONFIG, "phone", "handy")
    assert edited == CONFIG.replace("accounts . phone ", "accounts . handy ").replace("'phone'", "'handy'")
    assert rename_account(edited, "handy", "phone") == CONFIG


def test_a_name_with_spaces_is_quoted() -> None:
    edited = rename_account(CONFIG, "work", "the office")
    assert edited == CONFIG.replace("[accounts.work]", '[accounts."the office"]')
    assert rename_account(edited, "the office", "work") == CONFIG


def test_the_ends_of_lines_stay() -> None:
    windows = CONFIG.replace("\n", "\r\n")
    assert rename_account(windows, "phone", "handy") == rename_account(CONFIG, "phone", "handy").replace("\n", "\r\n")


@pytest.mark.parametrize(
    "text",
    [
        'timezone = "UTC"\naccounts.phone = {type = "folder", calendar = "/c"}\n',
        'timezone = "UTC"\n[accounts]\nphone = {type = "folder", calendar = "/c"}\n',
        'timezone = "UTC"\n[accounts]\nphone.type = "folder"\nphone.calendar = "/c"\n',
    ],
)
def test_what_cannot_be_edited_is_said(text: str) -> None:
    with pytest.raises(ConfigError) as raised:
        rename_account(text, "phone", "handy")
    assert "[accounts.phone]" in raised.value.hint
