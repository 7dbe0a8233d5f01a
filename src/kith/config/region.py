"""The country that a time zone is in, for reading phone numbers as they are dialled there.

What the time zone database itself says (``zone.tab``, and the older names in ``tzdata.zi``), from the package that
kith brings along; a zone that is in no one country (``UTC``) gives none.
"""

from __future__ import annotations

from importlib.resources import files


def region_of(zone: str) -> str:
    """The country's two letters (``PT``), empty where the zone is in none."""
    folder = files("tzdata") / "zoneinfo"
    try:
        rows = [line.split("\t") for line in (folder / "zone.tab").read_text("utf-8").splitlines()]
        countries = {row[2]: row[0] for row in rows if len(row) > 2 and not row[0].startswith("#")}
        if zone not in countries:
            links = [line.split() for line in (folder / "tzdata.zi").read_text("utf-8").splitlines()]
            zone = next((link[1] for link in links if link[:1] == ["L"] and link[2:] == [zone]), zone)
        return countries.get(zone, "")
    except OSError:  # a system that brings its own database, without these files
        return ""
