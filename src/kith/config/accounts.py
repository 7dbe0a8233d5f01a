"""What may stand in ``[accounts.NAME]``: a model for each type of account.

A password is never among it; see :mod:`kith.secrets`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, StrictBool, ValidationInfo, field_validator, model_validator

from kith.config.fields import Address, Command, FilePath, Proxy, ServerAddress, Table, Text

Server = Literal[
    "baikal",
    "cyrus",
    "davical",
    "fastmail",
    "gmx",
    "icloud",
    "infomaniak",
    "mailbox.org",
    "nextcloud",
    "posteo",
    "purelymail",
    "radicale",
    "sogo",
    "stalwart",
    "synology",
    "xandikos",
    "yahoo",
    "zimbra",
]
"""Servers that do some things their own way, by the name of the software or of who runs it."""


class FolderAccount(Table):
    """``[accounts.NAME]`` with ``type = "folder"``: address book and calendar as files on this machine."""

    type: Literal["folder"] = Field(examples=["folder"])
    contacts: FilePath | None = None
    calendar: FilePath | None = None
    subscribe: FilePath | None = None

    @model_validator(mode="after")
    def _is_for_something(self) -> FolderAccount:
        if self.contacts is None and self.calendar is None:
            raise ValueError("needs contacts, a calendar or both")
        return self

    @property
    def has_calendar(self) -> bool:
        """Whether events can be written to it."""
        return self.calendar is not None


class ServerAccount(Table):
    """``[accounts.NAME]`` with ``type = "dav"``: a CardDAV and CalDAV server. The password is never here."""

    type: Literal["dav"] = Field(examples=["dav"])
    url: ServerAddress = Field(examples=["https://dav.example.org/"])
    username: Text | None = None
    password_command: Command | None = None
    contacts: StrictBool = True
    address_books: tuple[Text, ...] = Field(default=(), min_length=1)
    contacts_url: Address | None = None
    calendar_url: Address | None = None
    server: Server | None = None
    ca_file: FilePath | None = None
    client_cert: FilePath | None = None
    client_key: FilePath | None = None
    proxy: Proxy | None = None

    @field_validator("password_command")
    @classmethod
    def _is_somebody_s(cls, command: tuple[str, ...] | None, info: ValidationInfo) -> tuple[str, ...] | None:
        if command is not None and "username" in info.data and info.data["username"] is None:
            raise ValueError("gives a password to nobody; name the user in username")
        return command

    @field_validator("address_books")
    @classmethod
    def _are_read(cls, books: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if info.data.get("contacts") is False:
            raise ValueError("names what contacts = false says not to read; keep one of the two")
        return books

    @field_validator("contacts_url")
    @classmethod
    def _is_read(cls, url: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("contacts") is False:
            raise ValueError("names what contacts = false says not to read; keep one of the two")
        if info.data.get("address_books"):
            raise ValueError("and address_books both say where the contacts are; keep one of the two")
        return url

    @field_validator("client_key")
    @classmethod
    def _has_a_certificate(cls, key: Path | None, info: ValidationInfo) -> Path | None:
        if "client_cert" in info.data and info.data["client_cert"] is None:
            raise ValueError("is of no use without client_cert")
        return key

    @property
    def has_calendar(self) -> bool:
        """Whether events can be written to it."""
        return True


class EndpointsTable(Table):
    """``[accounts.NAME.endpoints]``: where to ask instead of at Google; for a proxy, or an emulator on this machine."""

    people: Address | None = None
    calendar: Address | None = None
    token: Address | None = None
    auth: Address | None = None


class GoogleTable(Table):
    """``[accounts.NAME]`` with ``type = "google"``: contacts and calendars at Google. The sign-in is never here."""

    type: Literal["google"] = Field(examples=["google"])
    client_secrets: FilePath | None = None
    contacts: StrictBool = True
    existing_calendar: StrictBool = False
    endpoints: EndpointsTable = EndpointsTable()

    @property
    def has_calendar(self) -> bool:
        """Whether events can be written to it."""
        return True


Account = Annotated[FolderAccount | ServerAccount | GoogleTable, Field(discriminator="type")]
"""Every kind of account, told apart by ``type``; another kind joins this union."""
