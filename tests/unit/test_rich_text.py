"""Descriptions as Google's clients keep them: whatever a person typed comes back, however it was stored."""

from __future__ import annotations

import re
from html import escape

import hypothesis.strategies as st
import pytest
from hypothesis import given

from kith.codecs.rich_text import from_html, to_html
from kith.codecs.text import clean
from kith.core.event import normal_lines

TRICKY = ("&", "<", ">", "&amp;", "&copy", "<b>", "</b>", "<br>", "&#38;", "&nbsp;", "<3", "a<b", "Q&A", '"', "'", "—")
typed = st.lists(
    st.one_of(st.sampled_from(TRICKY), st.text(max_size=8), st.sampled_from((" ", "  ", "\n", "\n\n", "- ", "1. "))),
    max_size=12,
).map(lambda parts: clean("".join(parts)))


def in_the_editor(text: str) -> str:
    """A text as an editor of Google's stores it, once there is markup in the description."""
    paragraphs = escape(text, quote=False).split("\n")
    return "<br>".join(re.sub(r" (?= |$)|^ ", "&nbsp;", line) for line in paragraphs)


class TestWriting:
    @pytest.mark.parametrize(
        ("text", "stored"),
        [
            ("Q&A with Tom & Co., a < b, I <3 you, -> x", "Q&A with Tom & Co., a < b, I <3 you, -> x"),
            ("two\n\nlines", "two\n\nlines"),
            ("<b>", "&lt;b>"),
            ("</p> <!-- x", "&lt;/p> &lt;!-- x"),
            ("&amp; &lt &#38; &nobody;", "&amp;amp; &amp;lt &amp;#38; &nobody;"),
        ],
    )
    def test_only_what_a_browser_would_misread_is_escaped(self, text: str, stored: str) -> None:
        assert to_html(text) == stored

    @given(typed)
    def test_what_was_written_is_read(self, text: str) -> None:
        assert from_html(to_html(text)) == text


class TestReading:
    @pytest.mark.parametrize(
        ("stored", "text"),
        [
            ("Met Ana\nshe moved", "Met Ana\nshe moved"),
            ("Met <b>Ana</b><br>she&nbsp;moved", "Met Ana\nshe moved"),
            ("<p>Met Ana</p><p>she moved</p>", "Met Ana\nshe moved"),
            ("<p>Met Ana</p>\n<p>she moved</p>\n", "Met Ana\nshe moved"),
            ("Met Ana<div>she <i>moved</i></div>to Porto", "Met Ana\nshe moved\nto Porto"),
            ("bring:<ul><li>bread</li><li>wine &amp; cheese</li></ul>bye", "bring:\n- bread\n- wine & cheese\nbye"),
            ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
            ("<ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>", "- one\n- two\n- three"),
            ("<html-blob>Met Ana<br><br>soon</html-blob>", "Met Ana\n\nsoon"),
            ("<span style=\"color:red\" title='a > b'>Met</span> Ana", "Met Ana"),
            ("a<BR/>b<br />c", "a\nb\nc"),
            (
                "AT&amp;T &lt;ana@example.org&gt; &quot;x&quot; &#39;y&#39; &#8212;",
                "AT&T <ana@example.org> \"x\" 'y' —",
            ),
            ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ],
    )
    def test_elements_and_entities_become_text(self, stored: str, text: str) -> None:
        assert from_html(stored) == text

    @pytest.mark.parametrize(
        ("stored", "text"),
        [
            (
                'see <a href="https://example.org/a?b=1&amp;c=2">the flat</a>',
                "see the flat (https://example.org/a?b=1&c=2)",
            ),
            ('<a href="https://example.org/x/" id="ow1" __is_owner="true">example.org/x</a>', "example.org/x"),
            ("<a href='mailto:ana@example.org'>Ana@example.org</a>", "Ana@example.org"),
            ('<a href="tel:+351912345678">+351 912-345-678</a>', "+351 912-345-678"),
            (
                '<a href="https://www.google.com/url?q=https://example.org/x&amp;sa=D&amp;usg=1">https://example.org/x</a>',
                "https://example.org/x",
            ),
            ('<a href="https://[broken">x</a>', "x (https://[broken)"),
            ("<a>x</a> <a href=''>y</a>", "x y"),
        ],
    )
    def test_a_link_keeps_its_address(self, stored: str, text: str) -> None:
        assert from_html(stored) == text

    @pytest.mark.parametrize(
        "text",
        [
            "Contact <ana@example.org>, <TBC>, <Ana's flat>",
            "if a <b and c> d",
            "x <b> y, and <i> z",
            "1 < 2 > 0, <3",
            "R&D, &c, & so on; AT&T",
            "<img src=x> <script>",
            "<p>",
            "\n\n  indented\ttab  \n",
        ],
    )
    def test_plain_text_stays_as_it_is(self, text: str) -> None:
        assert from_html(text) == text

    def test_what_google_adds_for_a_call_is_nobodys(self) -> None:
        line = "-::~:~::~:~:~:~:~:~:~:~:~:~:~::~:~::-"
        stored = f"Lunch\n\n{line}\nJoin with Google Meet: https://meet.google.com/abc\n\nDo not edit.\n{line}"
        assert from_html(stored) == "Lunch"
        assert from_html(stored.replace("\n", "<br>")) == "Lunch"

    @given(typed)
    def test_what_was_typed_in_an_editor_is_read(self, text: str) -> None:
        assert normal_lines(from_html(in_the_editor(text))) == normal_lines(text)

    @given(typed, typed)
    def test_formatting_takes_nothing_away(self, one: str, other: str) -> None:
        stored = f"<p><b>{in_the_editor(one)}</b></p><ul><li>{in_the_editor(other)}</li></ul>"
        lines = normal_lines(from_html(stored))
        assert [line.removeprefix("-").strip() for line in lines if line != "-"] == [
            line.removeprefix("-").strip() for line in normal_lines(f"{one}\n- {other}") if line != "-"
        ]

    @given(
        st.one_of(
            st.text(),
            typed,
            st.lists(st.sampled_from(("<b>", "</b>", "<a href=", '"', "'", "<li>", "</ol>", "&", ";", "x"))).map(
                "".join
            ),
        )
    )
    def test_anything_is_read_and_stays_what_it_was_read_as(self, stored: str) -> None:
        once = from_html(stored)
        assert from_html(to_html(once)) == once
