"""A list in an event's description: what somebody made of its lines, and how it is written again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.codecs.rich_text import from_html, to_html
from kith.core.checklist import WRITE_LINE, Checklist, Item, compose, is_named, keys_for, new_key, parse
from kith.core.list_lines import Line
from kith.core.readback import Mark
from kith.core.rules import Marks

MARKS = Marks()
ANA = Line("a", "Ana Souza", "last talked 3 Oct 2026, call", ("New flat in Porto; wants the bread recipe",))
BRUNO = Line("b", "Bruno Lima", "new in your network")
EVE = Line("e", "Eve")
LIST = compose("", (), (ANA, BRUNO, EVE), (), MARKS)
TEXT, TOKENS = LIST.text, LIST.tokens


def read(text: str) -> Checklist:
    return parse(text, TOKENS, MARKS)


def item(text: str, key: str = "a") -> Item | None:
    return read(text).items.get(key)


def test_how_a_list_looks() -> None:
    assert TEXT.splitlines() == [
        "[ ] Ana Souza: last talked 3 Oct 2026, call",
        "    New flat in Porto; wants the bread recipe",
        "[ ] Bruno Lima: new in your network",
        "[ ] Eve",
        WRITE_LINE,
    ]
    plain = Item(Mark.NONE, "", plain=True)
    assert read(TEXT) == Checklist({"a": plain, "b": plain, "e": plain})


HEAD = "Ana Souza: last talked 3 Oct 2026, call"


@pytest.mark.parametrize(
    ("line", "mark", "text"),
    [
        (f"[x] {HEAD}", Mark.DONE, ""),
        (f"[X] {HEAD}", Mark.DONE, ""),
        (f"[ x ] {HEAD}", Mark.DONE, ""),
        (f"[✓] {HEAD}", Mark.DONE, ""),
        (f"✓ {HEAD}", Mark.DONE, ""),
        (f"✔️ {HEAD}", Mark.DONE, ""),
        (f"✅{HEAD}", Mark.DONE, ""),
        (f"☑ {HEAD}", Mark.DONE, ""),
        (f"- [x] {HEAD}", Mark.DONE, ""),
        (f"* [x] {HEAD}", Mark.DONE, ""),
        (f"• ✔ {HEAD}", Mark.DONE, ""),
        (f"✓ [ ] {HEAD}", Mark.DONE, ""),
        (f"[ ] ✓ {HEAD}", Mark.DONE, ""),
        (f"done {HEAD}", Mark.DONE, ""),
        (f"[ ] {HEAD} ✓", Mark.DONE, ""),
        (f"[ ] {HEAD} done", Mark.DONE, ""),
        (f"[ ] {HEAD} ✅ she moved", Mark.DONE, "she moved"),
        (f"☐ {HEAD}", Mark.NONE, ""),
        (f"[] {HEAD}", Mark.NONE, ""),
        (f"- {HEAD}", Mark.NONE, ""),
        (HEAD, Mark.NONE, ""),
        (f"[~] {HEAD}", Mark.TRIED, ""),
        (f"~ {HEAD}", Mark.TRIED, ""),
        (f"[ ] ~ {HEAD}", Mark.TRIED, ""),
        (f"[ ] {HEAD} ~", Mark.TRIED, ""),
        (f"[ ] {HEAD} she moved", Mark.NONE, "she moved"),
        (f"[ ] {HEAD}, she moved", Mark.NONE, "she moved"),
        (f"[ ] {HEAD} — she moved", Mark.NONE, "she moved"),
        (f"[ ] {HEAD} ~10 people came", Mark.NONE, "~10 people came"),
        (f"[ ] {HEAD} :-) at last", Mark.NONE, ":-) at last"),
        (f"[ ] {HEAD} - [ ] send the photos", Mark.NONE, "- [ ] send the photos"),
        (f"[x] {HEAD}   she  moved", Mark.DONE, "she moved"),
        (f"{HEAD} she moved", Mark.NONE, "she moved"),
        ("[x] Ana Souza: she moved", Mark.DONE, "she moved"),
        ("[x] Ana Souza she moved", Mark.DONE, "she moved"),
        ("[x] Ana Souza", Mark.DONE, ""),
        ("[ ] Ana Souza we met: last talked 3 Oct 2026, call", Mark.NONE, "we met"),
        (f"[ ] rang {HEAD}", Mark.NONE, "rang"),
        ("[x] Ana: she moved", Mark.DONE, ": she moved"),
        (f"\u00a0[x]\u00a0 {HEAD.replace(' ', chr(160))}", Mark.DONE, ""),
    ],
)
def test_what_is_done_to_a_line(line: str, mark: Mark, text: str) -> None:
    read_item = item(TEXT.replace(f"[ ] {HEAD}", line))
    assert read_item is not None
    assert read_item.mark is mark
    assert read_item.text.lstrip(": ") == text.lstrip(": ")
    assert set(read(TEXT.replace(f"[ ] {HEAD}", line)).items) == {"a", "b", "e"}


@pytest.mark.parametrize(
    ("text", "about", "note"),
    [
        (TEXT.replace("recipe\n", "recipe\n  She moved\n\n  and is well\n"), {"a": "She moved\n\nand is well"}, ""),
        (TEXT.replace("\n    New flat", "\nShe moved\n    New flat"), {"a": "She moved"}, ""),
        (TEXT.replace("recipe\n", "recipe: brought it\n"), {"a": "brought it"}, ""),
        (TEXT.replace("[ ] Eve\n", "[x] Eve: tea\nand cake\n"), {"e": "tea\nand cake"}, ""),
        (f"Hello\n{TEXT}", {}, "Hello"),
        (f"{TEXT}\nHello\n\nagain", {}, "Hello\n\nagain"),
        (TEXT.replace(WRITE_LINE, f"{WRITE_LINE} Hello"), {}, "Hello"),
        (TEXT.replace(f"\n{WRITE_LINE}", ""), {}, ""),
        # A line of kith's is nobody's words, wherever it stands; a second one like it was typed.
        (TEXT.replace("[ ] Eve", "    New flat in Porto; wants the bread recipe\n[ ] Eve"), {"b": ANA.below[0]}, ""),
        # A box with something else behind it is about the person above: a promise, perhaps.
        (TEXT.replace("[ ] Eve", "- [ ] send the photos\n[ ] Eve"), {"b": "- [ ] send the photos"}, ""),
    ],
)
def test_whose_text_it_is(text: str, about: dict[str, str], note: str) -> None:
    found = read(text)
    assert {key: item.text for key, item in found.items.items() if item.text} == about
    assert found.note == note
    assert set(found.items) == {"a", "b", "e"}


def test_a_name_that_begins_like_another() -> None:
    both = compose("", (), (Line("1", "Ana"), Line("2", "Ana Souza")), (), MARKS)
    found = parse("[x] Ana Souza: she moved\n[ ] Anabel is well\n[ ] Ana", both.tokens, MARKS)
    assert {key: (item.mark, item.text) for key, item in found.items.items()} == {
        "2": (Mark.DONE, "she moved\n[ ] Anabel is well"),
        "1": (Mark.NONE, ""),
    }


def test_a_name_that_looks_like_a_mark() -> None:
    names = ("Done Deal", "~Kid", "x", "✓")
    there = compose("", (), [Line(name, name, "new in your network") for name in names], (), MARKS)
    assert {key: item.mark for key, item in parse(there.text, there.tokens, MARKS).items.items()} == dict.fromkeys(
        names, Mark.NONE
    )


def test_two_people_of_one_name_are_told_apart_by_their_order_and_words() -> None:
    first, second = Line("1", "Ana", "new in your network"), Line("2", "Ana", "new in your network")
    there = compose("", (), (first, second), (), MARKS)
    done = there.text[::-1].replace("] [", "]x[", 1)[::-1]
    assert {key: item.mark for key, item in parse(done, there.tokens, MARKS).items.items()} == {
        "1": Mark.NONE,
        "2": Mark.DONE,
    }


def test_what_was_written_behind_the_first_of_two_names_is_not_the_other_s() -> None:
    there = compose("", (), (Line("1", "Ana"), Line("2", "Ana")), (), MARKS)
    found = parse(there.text.replace("Ana", "Ana: tea", 1), there.tokens, MARKS)
    assert {key: item.text for key, item in found.items.items()} == {"1": "tea", "2": ""}


def test_a_line_that_is_gone_is_not_there() -> None:
    without = "\n".join(line for line in TEXT.splitlines() if "Bruno" not in line)
    assert set(read(without).items) == {"a", "e"}
    assert read("").items == {}
    assert read("All of it gone, and this instead").note == "All of it gone, and this instead"


# --- writing it again ---------------------------------------------------------------------------------------


def test_what_the_user_wrote_stays_to_the_letter() -> None:
    edited = f"Above\n{TEXT}\n  Below ".replace("[ ] Bruno Lima: new in your network", "☐ Bruno Lima:  hm,  well")
    again = compose(edited, TOKENS, (Line("a", "Ana Souza", "last talked 9 Nov 2026"), EVE), (), MARKS)
    assert again.text == edited.replace(TEXT.split("\n[ ] B")[0], "[ ] Ana Souza: last talked 9 Nov 2026")
    assert again.keys == ("a", "b", "e")


def test_what_the_user_left_alone_goes_when_it_is_not_wanted() -> None:
    again = compose(TEXT, TOKENS, (BRUNO,), (), MARKS)
    assert again.text == f"[ ] Bruno Lima: new in your network\n{WRITE_LINE}"
    assert set(parse(TEXT, again.tokens, MARKS).items) == {"a", "b", "e"}, "an app may bring the old text back"
    assert not parse(TEXT, again.tokens, MARKS).is_touched


def test_somebody_new_stands_under_the_others() -> None:
    fay = Line("f", "Fay", "new in your network", ("Likes tea",))
    again = compose(TEXT, TOKENS, (fay, ANA, BRUNO, EVE), (), MARKS)
    assert again.text.splitlines()[-4:] == ["[ ] Eve", "[ ] Fay: new in your network", "    Likes tea", WRITE_LINE]


@pytest.mark.parametrize(
    ("line", "ticked"),
    [
        ("[ ] Eve  had tea", "[x] Eve  had tea"),
        ("- [ ] Eve had tea", "- [x] Eve had tea"),
        ("☐ Eve", "[x] Eve"),
        ("Eve", "[x] Eve"),
        ("[x] Eve", "[x] Eve"),
        ("✓ Eve", "✓ Eve"),
        ("[~] Eve", "[x] Eve"),
    ],
)
def test_kith_ticks_a_line(line: str, ticked: str) -> None:
    edited = TEXT.replace("[ ] Eve", f"{line}\nas I said [ ]")
    again = compose(edited, TOKENS, (ANA, BRUNO), {"e"}, MARKS)
    assert again.text == TEXT.replace("[ ] Eve", f"{ticked}\nas I said [ ]")


def test_a_key_tells_whose_line_it_is_without_a_store() -> None:
    key = new_key("card-uid", 2)
    there = compose("", (), (Line(key, "Ana Souza"),), (), MARKS)
    assert keys_for(["person-id", "card-uid"], there.tokens) == {key}
    assert keys_for(["another"], there.tokens) == set()
    assert is_named("Ana Souza", key, there.tokens)
    assert not is_named("Ana", key, there.tokens)


# --- whatever is typed ------------------------------------------------------------------------------------

WORDS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8), min_size=1, max_size=5
).map(" ".join)
NAMES = st.lists(WORDS, min_size=1, max_size=5)


@st.composite
def lists(draw: st.DrawFn) -> list[Line]:
    return [
        Line(
            f"{n:08x}", " ".join(name.split()) or "x", draw(st.sampled_from(("", "new in your network"))), tuple(below)
        )
        for n, name in enumerate(draw(NAMES))
        for below in [draw(st.lists(WORDS, max_size=2))]
    ]


@settings(max_examples=60)
@given(lists())
def test_what_kith_wrote_is_nothing_that_was_typed(lines: list[Line]) -> None:
    there = compose("", (), lines, (), MARKS)
    for text in (
        there.text,
        from_html(to_html(there.text)),
        there.text.replace("\n", "\n\n"),
        there.text.replace("    ", ""),
    ):
        found = parse(text, there.tokens, MARKS)
        assert not found.is_touched
        assert set(found.items) == {line.key for line in lines}
    again = compose(there.text, there.tokens, lines, (), MARKS)
    assert (again.text, again.tokens) == (there.text, there.tokens)


@settings(max_examples=60)
@given(lists(), st.data())
def test_whatever_is_typed_is_kept_and_stays(lines: list[Line], data: st.DataObject) -> None:
    there = compose("", (), lines, (), MARKS)
    rows = there.text.splitlines()
    typed = [f"typed-{n} {data.draw(WORDS)}" for n in range(data.draw(st.integers(1, 4)))]
    for text in typed:
        place = data.draw(st.integers(0, len(rows)))
        if data.draw(st.booleans()) and place < len(rows):
            rows[place] = f"{rows[place]} {text}"
        else:
            rows.insert(place, text)
    edited = "\n".join(rows)
    found = parse(edited, there.tokens, MARKS)
    for text in typed:
        assert text.split()[0] in found.typed
    wanted = data.draw(st.lists(st.sampled_from(lines), unique_by=lambda line: line.key))
    ticked = data.draw(st.sets(st.sampled_from([line.key for line in lines])))
    again = compose(edited, there.tokens, wanted, ticked, MARKS)
    for text in typed:
        assert text in again.text
    after = parse(again.text, again.tokens, MARKS)
    assert after.typed.split() == found.typed.split(), "writing the list again adds nothing to what was typed"
    for key in ticked & after.items.keys():
        assert after.items[key].mark is Mark.DONE


@settings(max_examples=60)
@given(st.text(), lists())
def test_any_text_can_be_read(text: str, lines: list[Line]) -> None:
    there = compose("", (), lines, (), MARKS)
    found = parse(text, there.tokens, MARKS)
    compose(text, there.tokens, lines, found.items.keys(), MARKS)
