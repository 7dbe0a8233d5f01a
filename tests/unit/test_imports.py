"""The house's walls: which room may use which, and what the pure ones must not know of.

Rooms that are not built yet have their rules already; a new room needs one before its first line.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

import kith

SOURCE = Path(kith.__file__).parent
LONGEST_FILE = 500


@dataclass(frozen=True)
class Rule:
    """What the modules of a room may import: parts of kith by prefix, and libraries by name."""

    kith: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()


ROOMS = {
    "__init__": Rule(),
    "errors": Rule(),
    "files": Rule(),
    "paths": Rule(libraries=("platformdirs",)),
    "lock": Rule(("errors",)),
    "online": Rule(),
    "child": Rule(),
    "log": Rule(),
    "keychain": Rule(("child",), ("keyring",)),
    "secrets": Rule(("child", "core.model", "errors", "files", "keychain")),
    "core": Rule(("core",), ("anyascii", "phonenumbers", "rapidfuzz")),
    "codecs": Rule(
        ("__init__", "codecs", "core", "errors"),
        ("dateutil", "icalendar", "phonenumbers", "recurring_ical_events", "vobject"),
    ),
    "store": Rule(("store", "core", "errors")),
    "retry_after": Rule(),
    "dav": Rule(
        ("__init__", "dav", "core.model", "errors", "retry_after"), ("caldav", "dns", "icalendar", "niquests", "lxml")
    ),
    "google": Rule(
        ("__init__", "google", "core.model", "errors", "retry_after"),
        ("google", "google_auth_oauthlib", "googleapiclient", "httplib2", "oauthlib", "requests"),
    ),
    "sources": Rule(
        (
            *("sources.base", "sources.carddav_cursor", "sources.carddav_fetch", "sources.carddav_shelf"),
            "sources.google_cursor",
            *("codecs", "core", "errors", "files", "dav", "google"),
        )
    ),
    "calendars": Rule(
        (
            *(
                "calendars.base",
                "calendars.meetings",
                "calendars.caldav_memory",
                "calendars.caldav_place",
                "calendars.caldav_reader",
            ),
            *("calendars.google_memory", "calendars.google_place", "calendars.google_reader"),
            *("codecs", "core", "errors", "files", "dav", "google"),
        )
    ),
    "accounts": Rule(
        (
            *("accounts", "calendars", "sources", "codecs", "config", "store", "core", "dav", "google"),
            *("errors", "files", "secrets"),
        )
    ),
    "imports": Rule(("imports", "codecs", "core", "errors"), ("charset_normalizer", "lxml", "openpyxl")),
    "sync": Rule(
        ("sync", "calendars.base", "calendars.meetings", "imports.base", "sources.base", "store", "core", "errors")
    ),
    "exports": Rule(("exports", "imports", "core", "errors"), ("openpyxl",)),
    "keeping": Rule(("keeping", "store", "core", "errors", "files"), ("pydantic",)),
    "config": Rule(("config", "core", "errors", "files"), ("pydantic", "pydantic_core", "tomlkit", "tzlocal")),
    "daemon": Rule(("daemon", "core.period", "errors", "lock", "log", "online"), ("schedule",)),
    "service": Rule(("service", "accounts.base", "config", "errors", "files", "paths")),
    "demo": Rule(("demo",), ("icalendar",)),
    "app": Rule(
        (
            *("accounts", "sync", "calendars", "sources", "imports", "exports", "codecs", "config", "keeping", "store"),
            *("core", "child", "errors", "files", "lock", "online", "paths", "secrets"),
        )
    ),
    "checkup": Rule(
        (
            *("__init__", "checkup", "app", "accounts.base", "keeping", "service", "sync", "config", "store", "core"),
            "errors",
        )
    ),
    "cli": Rule(
        (
            *("__init__", "cli", "app", "accounts", "checkup", "demo", "imports.base", "keeping", "service", "sync"),
            *("config", "store", "core", "errors", "files", "keychain", "lock", "log", "paths", "secrets"),
            "dav.discovery",  # how a server was found, to be explained
        ),
        ("click", "pydantic", "rich", "typer", "tzlocal"),
    ),
    "__main__": Rule(("cli", "errors")),
}

PORTS = ("sources.base", "calendars.base", "calendars.meetings", "imports.base")
PURE = ("core", "codecs")
IMPURE_MODULES = frozenset(
    {"asyncio", "ctypes", "getpass", "glob", "http", "io", "locale", "logging", "multiprocessing", "os", "pathlib"}
    | {"platform", "random", "secrets", "select", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess"}
    | {"sys", "tempfile", "threading", "time", "urllib.request"}
)
IMPURE_CALLS = frozenset({"open", "print", "input", "exec", "eval", "__import__"})
IMPURE_METHODS = frozenset(
    {"now", "utcnow", "today", "uuid1", "uuid4", "getnode", "read_text", "read_bytes", "write_text", "write_bytes"}
    | {"read_tzfile", "environ", "getenv", "urandom"}
)


def module_of(path: Path) -> str:
    """The module's name inside kith: ``core.plan``; a package's own is its name."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


FILES = {module_of(path): path for path in sorted(SOURCE.rglob("*.py"))}
TREES = {module: ast.parse(path.read_text("utf-8")) for module, path in FILES.items()}


def imported(module: str) -> Iterator[tuple[str, int]]:
    """Everything a module imports, wherever in the file, with the line; modules of kith as ``kith.core.plan``."""
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            yield from ((name.name, node.lineno) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}, line {node.lineno}: a relative import"
            for name in node.names:
                whole = f"{node.module}.{name.name}"
                is_module = whole.removeprefix("kith.") in FILES
                yield (
                    (whole if is_module else "kith.__init__" if node.module == "kith" else str(node.module)),
                    node.lineno,
                )


def may(rule: Rule, name: str) -> bool:
    top, _, inside = name.partition(".")
    if top == "kith":
        return any(inside == allowed or inside.startswith(f"{allowed}.") for allowed in rule.kith)
    return top in sys.stdlib_module_names or top in rule.libraries


def test_every_room_has_a_rule() -> None:
    assert {module.partition(".")[0] for module in FILES} <= ROOMS.keys()


@pytest.mark.parametrize("module", FILES)
def test_a_room_uses_only_what_it_may(module: str) -> None:
    rule = ROOMS[module.partition(".")[0]]

    assert [f"line {line}: {name}" for name, line in imported(module) if not may(rule, name)] == []


def test_only_the_composition_root_names_adapters() -> None:
    adapters = {
        module for module in FILES if module.startswith(("sources.", "calendars.", "imports.")) if module not in PORTS
    }

    naming = {
        module
        for module in FILES
        for name, _ in imported(module)
        if name.removeprefix("kith.") in adapters and not _is_a_part(name.removeprefix("kith."), module)
    }
    assert naming <= {"app", "accounts.folder", "accounts.google", "accounts.server"}


def _is_a_part(name: str, whole: str) -> bool:
    """Whether both are files of one adapter: they begin with its name, as ``caldav.py`` and ``caldav_place.py`` do.

    The readers of files are one house: they share what a table is, and the writers write it.
    """
    if name.startswith("imports.") and whole.startswith(("imports.", "exports.")):
        return True
    return name.partition("_")[0] == whole.partition("_")[0] and "_" in name


@pytest.mark.parametrize("module", [module for module in FILES if module.startswith(PURE)])
def test_decisions_and_formats_know_no_clock_disk_network_log_or_chance(module: str) -> None:
    impure = IMPURE_MODULES.intersection
    found = [f"line {line}: {name}" for name, line in imported(module) if impure((name, name.partition(".")[0]))]
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
            found.append(f"line {node.lineno}: {node.func.id}()")
        if isinstance(node, ast.Attribute) and node.attr in IMPURE_METHODS:
            found.append(f"line {node.lineno}: .{node.attr}")
        if isinstance(node, ast.Global):
            found.append(f"line {node.lineno}: global")

    assert found == []


@pytest.mark.parametrize("module", FILES)
def test_no_file_is_too_long_to_hold_in_mind(module: str) -> None:
    assert len(FILES[module].read_text("utf-8").splitlines()) <= LONGEST_FILE


# The rules themselves


@pytest.mark.parametrize(
    ("room", "name", "allowed"),
    [
        ("core", "kith.core.model", True),
        ("core", "datetime", True),
        ("core", "kith.errors", False),
        ("core", "kith.store.db", False),
        ("core", "pydantic", False),
        ("store", "kith.core.plan", True),
        ("store", "kith.sync.act", False),
        ("sync", "kith.calendars.base", True),
        ("sync", "kith.calendars.ics_folder", False),
        ("sync", "kith.codecs.ical", False),
        ("calendars", "kith.sources.base", False),
        ("calendars", "kith.calendars.ics_folder", False),
        ("daemon", "kith.core.period", True),
        ("daemon", "kith.core.periodical", False),
        ("daemon", "kith.config.schema", False),
        ("cli", "kith.calendars.ics_folder", False),
        ("cli", "kith.app", True),
        ("app", "kith.cli.main", False),
        ("app", "kith.sources.vcard_folder", True),
    ],
)
def test_the_rules_hold_what_they_say(room: str, name: str, *, allowed: bool) -> None:
    assert may(ROOMS[room], name) is allowed
