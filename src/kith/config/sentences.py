"""Pydantic's complaints in plain English.

Every kind that the schema can provoke has its own sentence here, made to stand behind the key's path. What is
wrong is quoted as the file writes it; but an unknown key's value may be a secret, and is never repeated.
"""

from __future__ import annotations

from pydantic_core import ErrorDetails

from kith.config.checks import Finding
from kith.config.schema import table_at
from kith.config.written import Loc, nearest, path, value

_OF_A_NAME = ("[key]",)
"""Pydantic's addition to a place when it is the key (of an account, circle or person) that is wrong."""


def finding(details: ErrorDetails) -> Finding:
    """What one of Pydantic's complaints means, and where in the file it belongs."""
    kind, loc = details["type"], details["loc"]
    if kind == "union_tag_not_found":
        return Finding((*loc, "type"), _missing((*loc, "type")))
    if kind == "union_tag_invalid":
        known = _in_double_quotes(details["ctx"]["expected_tags"])
        return Finding((*loc, "type"), f"must be {known}, got {value(details['input']['type'])}")
    if kind == "value_error" and len(loc) > 2 and loc[-1:] == _OF_A_NAME:
        return Finding(loc[:-1], f"its name {_sentence(details)}")
    return Finding(_as_written(loc), _sentence(details))


def _as_written(loc: Loc) -> Loc:
    """Pydantic puts the type of an account behind its name: ``("accounts", "disk", "folder", "contacts")``."""
    return loc[:2] + loc[3:] if loc[0] == "accounts" else loc


def _sentence(details: ErrorDetails) -> str:
    context, loc = details.get("ctx", {}), details["loc"]
    got = f"got {value(details['input'])}"
    match details["type"]:
        case "value_error":
            return str(context["error"])
        case "extra_forbidden":
            return _unknown_key(loc)
        case "missing":
            return _missing(loc)
        case "literal_error":
            return f"must be {_in_double_quotes(context['expected'])}, {got}"
        case "model_type" | "model_attributes_type" | "dict_type" | "mapping_type":
            return f"must be a table, with its keys below a line [{path(_as_written(loc))}], {got}"
        case "tuple_type":
            return f"must be a list in brackets, {got}"
        case "string_type":
            return f"must be text in quotes, {got}"
        case "bool_type":
            return f"must be true or false, {got}"
        case "int_type":
            return f"must be a whole number, {got}"
        case "float_type" | "finite_number":
            return f"must be a number, {got}"
        case "greater_than_equal":
            return f"must be at least {context['ge']:g}, {got}"
        case "greater_than":
            return f"must be more than {context['gt']:g}, {got}"
        case "less_than_equal":
            return f"must be at most {context['le']:g}, {got}"
        case "too_short":
            return "must not be empty"
        case _:
            return f"is not a value that can stand here, {got}"


def _unknown_key(loc: Loc) -> str:
    known = tuple(table_at(loc[:-1]).model_fields)
    meant = nearest(str(loc[-1]), known)
    return f"unknown key; did you mean `{meant}`?" if meant else f"unknown key; known here: {', '.join(known)}"


def _missing(loc: Loc) -> str:
    field = table_at(loc[:-1]).model_fields[str(loc[-1])]
    return f"is missing; write it as in {loc[-1]} = {value((field.examples or [''])[0])}"


def _in_double_quotes(pydantic_list: str) -> str:
    listed = pydantic_list.replace("'", '"')
    return listed if " or " in listed else " or ".join(listed.rsplit(", ", 1))
