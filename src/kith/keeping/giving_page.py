"""One page of an export about giving: news, introductions and scouts, with what was written about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kith.store.archive_table import Values

_NOBODY = "somebody"
_DAYS = (("introduced_on", "introduced"), ("met_on", "met"), ("dropped_on", "dropped"))


def giving_page(said: Mapping[str, Sequence[Values]]) -> str:
    """The page; empty where there is nothing to say."""
    names = _names(said)
    sections = [
        ("News", [line for news in said["news"] for line in _news(news, names)]),
        ("Introductions", [_introduction(one, names) for one in said["introductions"]]),
        ("They know each other", [f"- {_pair(one, names)}" for one in said["acquaintances"]]),
        ("To get to know", [line for scout in said["scouts"] for line in _scout(scout, said["events"], names)]),
    ]
    parts = [f"## {heading}\n\n" + "\n".join(lines) for heading, lines in sections if lines]
    return "\n\n".join(["# Giving", *parts]) + "\n" if parts else ""


def _names(said: Mapping[str, Sequence[Values]]) -> dict[str, str]:
    """What everybody is called; whoever counts as somebody else by their name."""
    names = {person["id"]: _flat(person["name"]) for person in said["people"]}
    for join in reversed(said["joins"]):
        names.setdefault(join["person_id"], names.get(join["joined_to"], _NOBODY))
    return names


def _news(news: Values, names: Mapping[str, str]) -> Iterator[str]:
    limits = [f"for {', '.join(news['audience'])}"] if news["audience"] else []
    limits += [f"{word} {news[name]}" for name, word in (("until", "until"), ("ended_on", "over since")) if news[name]]
    limited = f" ({'; '.join(limits)})" if limits else ""
    yield f"- {news['since']}: {_flat(news['text'])}{limited}"
    for ruling in news["rulings"]:
        who = names.get(ruling["person_id"], _NOBODY)
        yield f"  - {'told' if ruling['told'] else 'not told'}: {who}, {ruling['at'][:10]}"


def _introduction(one: Values, names: Mapping[str, str]) -> str:
    days = [f"planned {one['recorded_at'][:10]}", *(f"{word} {one[name]}" for name, word in _DAYS if one[name])]
    why = f": {_flat(one['why'])}" if one["why"] else ""
    return f"- {_pair(one, names)}{why} ({', '.join(days)})"


def _pair(one: Values, names: Mapping[str, str]) -> str:
    return f"{names.get(one['one'], _NOBODY)} and {names.get(one['other'], _NOBODY)}"


def _scout(scout: Values, events: Sequence[Values], names: Mapping[str, str]) -> Iterator[str]:
    parts = [_flat(scout["text"])]
    parts += [f"through {names.get(scout['via'], _NOBODY)}"] if scout["via"] else []
    parts += [_flat(scout["note"])] if scout["note"] else []
    parts += [f"known since {scout['met_on']}: {names.get(scout['person_id'], _NOBODY)}"] if scout["met_on"] else []
    parts += [f"dropped {scout['dropped_on']}"] if scout["dropped_on"] else []
    yield f"- {'; '.join(parts)}"
    for event in events:
        if event["kind"] == "scout" and event["subject"].partition("|")[0] == scout["subject"] and event["typed"]:
            yield f"  - {_flat(event['typed'])}"


def _flat(text: str) -> str:
    return " / ".join(line.strip() for line in text.splitlines() if line.strip())
