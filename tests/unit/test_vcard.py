"""The vCard reader: what real clients write, what is broken, and what must hold for any bytes at all."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.codecs.vcard import LineProblem, read_cards
from kith.codecs.vcard_lines import LONGEST_LINE
from kith.core.model import AccountId, Card, CardRef, CardUid, Group, Href, Labelled, PartialDate

FILES = Path(__file__).parent.parent / "data" / "vcards"
HOME = AccountId("home")


def ref(uid: str) -> CardRef:
    return CardRef(HOME, "contacts", CardUid(uid))


def card(uid: str, name: str, **fields: Any) -> Card:
    return Card(ref(uid), name, **fields)


def read(data: bytes, href: str = "a.vcf") -> list[Card | Group | LineProblem]:
    return list(read_cards(io.BytesIO(data), account=HOME, collection="contacts", href=Href(href)))


def entries_of(data: bytes, href: str = "a.vcf") -> list[Card | Group]:
    return [found for found in read(data, href) if not isinstance(found, LineProblem)]


def problems_of(data: bytes) -> list[LineProblem]:
    return [found for found in read(data) if isinstance(found, LineProblem)]


def lines(*body: str) -> bytes:
    """A card with these lines in it."""
    return "\r\n".join(["BEGIN:VCARD", "VERSION:3.0", *body, "END:VCARD", ""]).encode()


def only_card(data: bytes) -> Card:
    (entry,) = entries_of(data)
    assert isinstance(entry, Card)
    return entry


def ana_with(*body: str) -> Card:
    return only_card(lines("FN:Ana Silva", "UID:ana", *body))


# What clients write: every file of tests/data/vcards that can be read without a loss.

IOS = card(
    "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    "Ana Maria Silva",
    given="Ana",
    family="Silva",
    nicknames=("Aninha",),
    emails=(Labelled("ana@example.org", "home"), Labelled("ana.silva@work.example", "The shop")),
    phones=(
        Labelled("+351 912 000 222", "mobile"),
        Labelled("+351 220 000 111", "home"),
        Labelled("+351 930 000 333", "home fax"),
    ),
    urls=(Labelled("https://ana.example/", "homepage"), Labelled("https://social.example/@ana", "mastodon")),
    birthday=PartialDate(2, 29),
    anniversary=PartialDate(6, 12, 2009),
    organisation="Óptica Lua, Lda.",
    job_title="Optometrist",
    street="Rua Nova 7 Esq.",
    postcode="4400-001",
    city="Vila Nova de Gaia",
    country="Portugal",
    note="Likes tea; no coffee.\nTwo kids: Rita, João.",
)
OUTLOOK = card(
    "no-uid:outlook.vcf",
    "Jürgen Müller",
    given="Jürgen",
    family="Müller",
    emails=(Labelled("j.mueller@example.com"),),
    phones=(
        Labelled("+49 40 000 100", "work"),
        Labelled("+49 40 000 199", "work fax"),
        Labelled("+49 171 000 0200", "mobile"),
    ),
    birthday=PartialDate(11, 3, 1967),
    anniversary=PartialDate(7, 1, 1995),
    organisation="Werft & Söhne",
    job_title="Leiter",
    street="Am Kai 3 Hof",
    postcode="20457",
    city="Hamburg",
    country="Deutschland",
    note="Getroffen auf der Messe.\nWill im Mai nach Genua, mit der Fähre.\nTEL: nur vormittags.",
)
NEXTCLOUD = card(
    "5a7c1c57-7d1b-4f55-9d6e-3d0a0b7b8d11",
    "Chloé Dupont",
    given="Chloé",
    family="Dupont",
    nicknames=("Clo", "Clochette"),
    emails=(Labelled("chloe@example.org", "home"), Labelled("chloe@atelier.example", "work")),
    phones=(Labelled("+33-6-00-00-00-01", "mobile"), Labelled("+33 1 00 00 00 02", "work fax")),
    urls=(Labelled("https://social.example/@clo", "mastodon"), Labelled("https://atelier.example", "work")),
    birthday=PartialDate(2, 29),
    anniversary=PartialDate(6, 12, 2010),
    organisation="Atelier Sept",
    job_title="Céramiste",
    street="12, rue du Port",
    postcode="44000",
    city="Nantes",
    country="France",
    note="Allergic to nuts",
    labels=("Family", "Book club", "Rock, paper"),
)
EVOLUTION = card(
    "pas-id-4F1B2C3D00000001",
    "Dr. Ivo Horvat",
    given="Ivo",
    family="Horvat",
    emails=(Labelled("ivo@clinic.example", "work"), Labelled("ivo@example.org", "home")),
    phones=(Labelled("+385 1 000 1000", "work"), Labelled("+385 91 000 2000", "mobile")),
    birthday=PartialDate(1, 31, 1970),
    anniversary=PartialDate(9, 8, 2001),
    job_title="Surgeon",
    street="Ilica 10",
    postcode="10000",
    city="Zagreb",
    country="Hrvatska",
    note="First line\n\nThird line",
)
NOKIA = card(
    "no-uid:nokia.vcf",
    "Jiří Dvořák",
    given="Jiří",
    family="Dvořák",
    emails=(Labelled("jiri@example.org"),),
    phones=(Labelled("+420601000001", "mobile"), Labelled("+420220000002", "work")),
    birthday=PartialDate(8, 20, 1980),
    note="Said = hello",
)
ANDROID = card(
    "no-uid:android.vcf",
    "Lucía Castellanos",
    given="Lucía",
    family="Castellanos",
    nicknames=("Luz",),
    phones=(Labelled("+34600000001", "mobile"), Labelled("+34600000002", "boat")),
    anniversary=PartialDate(5, 16, 2015),
    organisation="North",
    note="Línea 1\nLínea 2",
)
CYRILLIC = card(
    "no-uid:cyrillic.vcf",
    "Ольга Иванова",
    given="Ольга",
    family="Иванова",
    phones=(Labelled("+70000000001", "mobile"),),
    note="Привет",
)
READABLE_FILES: dict[str, list[Card | Group]] = {
    "ios.vcf": [IOS],
    "icloud_group.vcf": [
        Group(
            ref("99999999-8888-7777-6666-555555555555"),
            "Climbing",
            (CardUid(IOS.ref.uid), CardUid("11111111-2222-3333-4444-555555555555")),
        )
    ],
    "outlook.vcf": [OUTLOOK],
    "nextcloud.vcf": [NEXTCLOUD],
    "group_4.vcf": [
        Group(
            ref("0c0c0c0c-0000-4000-8000-000000000001"),
            "Choir",
            (CardUid(NEXTCLOUD.ref.uid), CardUid("11111111-2222-3333-4444-555555555555")),
        )
    ],
    "evolution.vcf": [EVOLUTION],
    "nokia.vcf": [NOKIA],
    "android.vcf": [ANDROID],
    "cyrillic.vcf": [CYRILLIC],
    "latin1.vcf": [
        card("latin-1", "Zoë Grünwald", given="Zoë", family="Grünwald", note="“Café” – naïve"),
    ],
    "old_mac.vcf": [
        card(
            "old-mac",
            "Otto Brandt",
            given="Otto",
            family="Brandt",
            phones=(Labelled("+49 30 000 1", "home"),),
        ),
    ],
    "folded_by_octet.vcf": [card("folded", "Eun-ji Park 박은지")],
    "joined.vcf": [card("hana", "Hana Ito"), card("kofi", "Kofi Mensah")],
    "agent.vcf": [
        card(
            "fatima",
            "Fatima Farouk",
            given="Fatima",
            family="Farouk",
            phones=(Labelled("+1 555 0199", "work"),),
        ),
        card("goran", "Göran Eriksen"),
    ],
    "without_a_name.vcf": [
        card("from-n", "Ivo Emil Jensen", given="Ivo", family="Jensen"),
        card("from-nickname", "Bee", nicknames=("Bee",), organisation="Blue Kettle Ltd."),
        card(
            "from-organisation",
            "Repairs",
            organisation="Repairs",
            emails=(Labelled("repairs@example.org"),),
        ),
        card(
            "from-email",
            "someone@example.org",
            emails=(Labelled("someone@example.org"),),
            phones=(Labelled("+1 555 0103"),),
        ),
        card("from-phone", "+1 555 0104", phones=(Labelled("+1 555 0104"),)),
    ],
    "unescaped_commas.vcf": [
        card(
            "commas",
            "Smith, John",
            given="John",
            family="Smith",
            organisation="Acme, Inc.",
            job_title="Buyer, Seller",
            note="One, two; three",
        ),
    ],
}
FILES_WITH_PROBLEMS = {"broken.vcf", "google.vcf"}


@pytest.mark.parametrize("name", READABLE_FILES)
def test_a_client_s_file_is_read_without_a_loss(name: str) -> None:
    assert read((FILES / name).read_bytes(), href=name) == READABLE_FILES[name]


def test_every_file_is_looked_at() -> None:
    assert {path.name for path in FILES.iterdir()} == READABLE_FILES.keys() | FILES_WITH_PROBLEMS


def test_google_export_without_uids_and_with_a_line_that_fell_apart() -> None:
    assert read((FILES / "google.vcf").read_bytes(), href="google.vcf") == [
        LineProblem(5, "this line has no colon; it was left out"),
        card(
            "no-uid:google.vcf:Gábor Béla",
            "Gábor Béla",
            given="Gábor",
            family="Kovács",
            emails=(Labelled("gabor@example.org", "home"),),
            phones=(Labelled("+36 30 000 1234", "mobile"), Labelled("+36 1 000 5678", "Mountain hut")),
            urls=(Labelled("http://www.example.org/gabor", "PROFILE"),),
            birthday=PartialDate(8, 20),
            organisation="Blue Kettle Ltd.",
            job_title="Potter",
            labels=("Book club", "myContacts"),
        ),
        card(
            "no-uid:google.vcf:Sam",
            "Sam",
            given="Sam",
            phones=(Labelled("+44 7700 900001", "mobile"),),
            labels=("myContacts",),
        ),
        card(
            "no-uid:google.vcf:Sam#2",
            "Sam",
            given="Sam",
            phones=(Labelled("+44 7700 900002", "mobile"),),
            labels=("myContacts", "starred"),
        ),
    ]


def test_what_is_broken_costs_only_itself_and_is_reported() -> None:
    assert read((FILES / "broken.vcf").read_bytes()) == [
        LineProblem(1, "this stands outside of any card; it was left out"),
        LineProblem(6, "this line has no colon; it was left out"),
        LineProblem(10, "this birthday is not a day; the card was kept without it"),
        LineProblem(13, "this line says that it is base64 and is not; it was left out"),
        card(
            "bad-lines",
            "Bad Lines",
            emails=(Labelled("badlines@example.org"),),
            phones=(Labelled("+1 555 0101", "mobile"),),
            note="tab\tand bell.",
        ),
        LineProblem(16, "this stands outside of any card; it was left out"),
        LineProblem(17, "a card ends here that never began"),
        LineProblem(18, "this card has no END; it was read as far as it goes"),
        card("no-end", "No End"),
        LineProblem(
            22, "this card has no name, organisation, e-mail or phone number; it was left out", whole_card=True
        ),
        LineProblem(27, "a card before this one has the same UID; that one was kept", whole_card=True),
        LineProblem(32, "this group has no name; it was left out", whole_card=True),
        LineProblem(37, "this card has no END; it was read as far as it goes"),
        card("cut-off", "Cut Off", phones=(Labelled("+1 555 0102"),)),
    ]


# Days.

DAYS: dict[str, PartialDate | None] = {
    "BDAY:1980-08-20": PartialDate(8, 20, 1980),
    "BDAY:19800820": PartialDate(8, 20, 1980),
    "BDAY;VALUE=date:1980-08-20": PartialDate(8, 20, 1980),
    "BDAY:1980-08-20T00:00:00Z": PartialDate(8, 20, 1980),
    "BDAY:19800820T000000": PartialDate(8, 20, 1980),
    "BDAY:1980-08-20 00:00:00": PartialDate(8, 20, 1980),
    "BDAY:1980-8-20": PartialDate(8, 20, 1980),
    "BDAY:1980/08/20": PartialDate(8, 20, 1980),
    "BDAY: 1980-08-20 ": PartialDate(8, 20, 1980),
    "BDAY:--0820": PartialDate(8, 20),
    "BDAY:--08-20": PartialDate(8, 20),
    "BDAY:--08-20T00:00:00": PartialDate(8, 20),
    "BDAY;VALUE=text:--08-20": PartialDate(8, 20),
    "BDAY;X-APPLE-OMIT-YEAR=1604:1604-08-20": PartialDate(8, 20),
    "BDAY;X-APPLE-OMIT-YEAR=1604;VALUE=DATE:16040820": PartialDate(8, 20),
    "BDAY;X-APPLE-OMIT-YEAR=1604:1980-08-20": PartialDate(8, 20, 1980),
    "BDAY;X-APPLE-OMIT-YEAR=1900:1900-08-20": PartialDate(8, 20),
    "BDAY:1604-08-20": PartialDate(8, 20),  # older iOS leaves the parameter out
    "BDAY:0000-08-20": PartialDate(8, 20),
    "BDAY:--02-29": PartialDate(2, 29),
    "BDAY:2000-02-29": PartialDate(2, 29, 2000),
    "BDAY:1604-02-29": PartialDate(2, 29),
    "BDAY:1981-02-29": None,
    "BDAY:1980-13-01": None,
    "BDAY:1980-00-10": None,
    "BDAY:---20": None,
    "BDAY:--08": None,
    "BDAY:1980": None,
    "BDAY:1980-08": None,
    "BDAY:20.08.1980": None,  # or is it the eighth of the twentieth month?
    "BDAY;VALUE=text:circa 1800": None,
}


@pytest.mark.parametrize("line", DAYS)
def test_birthdays(line: str) -> None:
    data = lines("FN:Ana", "UID:ana", line)
    assert only_card(data).birthday == DAYS[line]
    assert [problem.line for problem in problems_of(data)] == ([] if DAYS[line] else [5])


@pytest.mark.parametrize(
    "body",
    [
        ["ANNIVERSARY:20010609"],
        ["ANNIVERSARY;VALUE=date:2001-06-09"],
        ["X-ANNIVERSARY:2001-06-09"],
        ["X-EVOLUTION-ANNIVERSARY:2001-06-09"],
        ["item1.X-ABDATE;type=pref:2001-06-09", "item1.X-ABLabel:_$!<Anniversary>!$_"],
        ["item1.X-ABLabel:Anniversary", "item1.X-ABDATE:2001-06-09"],
        [
            "item1.X-ABDATE:1999-01-01",
            "item1.X-ABLabel:First kiss",
            "item2.X-ABDATE:2001-06-09",
            "item2.X-ABLabel:_$!<Anniversary>!$_",
        ],
    ],
)
def test_anniversaries(body: list[str]) -> None:
    assert ana_with(*body).anniversary == PartialDate(6, 9, 2001)


def test_a_day_that_is_not_called_anniversary_is_none() -> None:
    body = ["item1.X-ABDATE:when we met", "item1.X-ABLabel:First kiss"]
    assert ana_with(*body).anniversary is None
    assert not problems_of(lines("FN:Ana", *body))


def test_an_anniversary_in_words_is_reported() -> None:
    body = ["item1.X-ABDATE:in June", "item1.X-ABLabel:_$!<Anniversary>!$_"]
    assert [problem.line for problem in problems_of(lines("FN:Ana", *body))] == [4]
    assert [problem.line for problem in problems_of(lines("FN:Ana", "ANNIVERSARY:in June"))] == [4]


def test_empty_days_are_not_worth_a_word() -> None:
    assert not problems_of(lines("FN:Ana", "BDAY:", "ANNIVERSARY;VALUE=date:"))


# Labels and order.


@pytest.mark.parametrize(
    ("head", "label"),
    [
        ("TEL", ""),
        ("TEL;CELL", "mobile"),
        ("TEL;CELL;VOICE;PREF", "mobile"),
        ("tel;type=cell", "mobile"),
        ("TEL;TYPE=cell,voice", "mobile"),
        ('TEL;TYPE="cell,voice"', "mobile"),
        ('TEL;TYPE="CELL","VOICE"', "mobile"),
        ("TEL;TYPE=CELL;TYPE=VOICE;TYPE=pref", "mobile"),
        ("TEL;TYPE=IPHONE;TYPE=CELL;TYPE=VOICE", "mobile"),
        ("TEL;TYPE=CELL;TYPE=WORK", "work mobile"),
        ("TEL;TYPE=WORK,FAX", "work fax"),
        ("TEL;TYPE=FAX\\,HOME", "home fax"),
        ("TEL;TYPE=x-Boat", "boat"),
        ("TEL;TYPE=cell;PREF=1;X-EVOLUTION-UI-SLOT=2", "mobile"),
        ("TEL; TYPE = cell", "mobile"),
        ("TEL;TYPE=", ""),
        ("TEL;;CELL;", "mobile"),
        ('TEL;TYPE="cell', "mobile"),
        ("TEL;TYPE=gran^'s place^^", 'gran"s place^'),
    ],
)
def test_a_phone_s_label(head: str, label: str) -> None:
    assert ana_with(f"{head}:+1 555 0100").phones == (Labelled("+1 555 0100", label),)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("_$!<Mobile>!$_", "mobile"),
        ("_$!<WorkFAX>!$_", "work fax"),
        ("Aunt Ana\\, evenings", "Aunt Ana, evenings"),
        ("", "home"),
    ],
)
def test_an_apple_label_goes_before_the_type(text: str, label: str) -> None:
    for body in (
        ["item1.TEL;type=HOME:1", f"item1.X-ABLabel:{text}"],
        [f"ITEM1.X-ABLABEL:{text}", "item1.TEL;type=HOME:1"],
    ):
        assert ana_with(*body, "X-ABLabel:of nothing", "TEL:2").phones == (Labelled("1", label), Labelled("2"))


def test_preferred_ones_come_first_and_the_rest_stays_in_order() -> None:
    assert ana_with("TEL:1", "TEL;PREF=50:2", "TEL;TYPE=pref:3", "TEL:4", "TEL;PREF=7:5").phones == tuple(
        Labelled(number) for number in "35214"
    )


def test_the_same_number_twice_is_one_number() -> None:
    assert ana_with("TEL;TYPE=CELL:1", "TEL;TYPE=HOME:1", "TEL;TYPE=HOME:").phones == (Labelled("1", "mobile"),)


# Values.


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("TEL;VALUE=uri:tel:+351-912-000-222", "+351-912-000-222"),
        ("TEL;VALUE=uri:TEL:+1-555-0100;ext=12", "+1-555-0100;ext=12"),
        ("TEL;VALUE=uri:tel:%2B1%20555", "+1 555"),
        ("TEL:\u202a+351\u00a0912\u202c", "+351 912"),
        ("TEL:  (020)  555 ", "(020) 555"),
    ],
)
def test_phone_numbers(line: str, number: str) -> None:
    assert ana_with(line).phones == (Labelled(number),)


@pytest.mark.parametrize(
    ("line", "address"),
    [
        ("EMAIL:Ana@Example.org", "Ana@Example.org"),
        ("EMAIL:mailto:ana@example.org?subject=hello", "ana@example.org"),
        ("EMAIL:<ana@example.org>", "ana@example.org"),
        ("EMAIL;TYPE=INTERNET:\u200bana@example.org", "ana@example.org"),
        ("EMAIL:jürgen@müller.example", "jürgen@müller.example"),
    ],
)
def test_email_addresses(line: str, address: str) -> None:
    assert ana_with(line).emails == (Labelled(address),)


@pytest.mark.parametrize(
    ("escaped", "note"),
    [
        ("one\\ntwo\\Nthree", "one\ntwo\nthree"),
        ("a\\, b\\; c\\: d", "a, b; c: d"),
        ("back\\\\slash", "back\\slash"),
        ("\\\\n", "\\n"),
        ("C:\\temp", "C:\\temp"),
        ("ends with \\", "ends with \\"),
        ("a, b; c: d", "a, b; c: d"),
        ("tab\there", "tab\there"),
        ("bell\a and \x00zero", "bell and zero"),
        ("Apple\u2028Outlook\x0bOld", "Apple\nOutlook\nOld"),
        ("  space  ", "space"),
        ("emoji \U0001f469\u200d\U0001f4bb stay", "emoji \U0001f469\u200d\U0001f4bb stay"),
    ],
)
def test_notes(escaped: str, note: str) -> None:
    assert ana_with(f"NOTE:{escaped}").note == note


def test_two_notes_are_one() -> None:
    assert ana_with("NOTE:one", "NOTE:", "NOTE:two").note == "one\ntwo"


@pytest.mark.parametrize(
    ("line", "organisation"),
    [
        ("ORG:Acme;Sales;North", "Acme"),
        ("ORG:Acme\\; Sons;Sales", "Acme; Sons"),
        ("ORG:Acme, Inc.", "Acme, Inc."),
        ("ORG:;Sales", "Sales"),
        ("ORG:Back\\\\;Slash", "Back\\"),
        ("ORG:;", ""),
    ],
)
def test_organisations(line: str, organisation: str) -> None:
    assert ana_with(line).organisation == organisation


def test_lists_are_split_at_bare_commas_and_say_each_thing_once() -> None:
    found = ana_with("CATEGORIES:a, b\\,c,,a", "categories:d,b\\,c", "NICKNAME:Bee,Anita", "NICKNAME:Bee")
    assert found.labels == ("a", "b,c", "d")
    assert found.nicknames == ("Bee", "Anita")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (["ADR:;;Street 1;Porto;;4050;Portugal"], ("Porto", "Portugal")),
        (["ADR;WORK:;;;Graz;;;Austria", "ADR;HOME:;;;Linz;;;"], ("Linz", "")),
        (["ADR;WORK:;;;Graz;;;Austria", "item1.ADR:;;;Linz;;;", "item1.X-ABLabel:_$!<Home>!$_"], ("Linz", "")),
        (["ADR;HOME:;;Street only;;;;", "ADR;WORK:;;;Graz;;;"], ("Graz", "")),
        (["ADR:nonsense"], ("", "")),
    ],
)
def test_city_and_country(body: list[str], place: tuple[str, str]) -> None:
    found = ana_with(*body)
    assert (found.city, found.country) == place


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("URL:http\\://example.org/a\\,b", Labelled("http://example.org/a,b")),
        ("X-SOCIALPROFILE;type=twitter;x-user=ana:x-apple:ana", Labelled("ana", "twitter")),
        ("SOCIALPROFILE;SERVICE-TYPE=Mastodon;VALUE=text:@ana", Labelled("@ana", "mastodon")),
    ],
)
def test_links(line: str, url: Labelled) -> None:
    assert ana_with(line).urls == (url,)


def test_names_stand_on_one_line() -> None:
    found = only_card(lines("FN: Ana \\n Maria\t Silva ", "N:Silva\\;Costa;Ana\\, the cook;;;"))
    assert (found.name, found.family, found.given) == ("Ana Maria Silva", "Silva;Costa", "Ana, the cook")


def test_the_first_of_several_names_counts() -> None:
    found = only_card(lines("FN:Ana", "FN:Ana the Second", "N:A;B", "N:C;D"))
    assert (found.name, found.given, found.family) == ("Ana", "B", "A")


# UIDs.


@pytest.mark.parametrize("line", ["UID:urn:uuid:abc", "UID: URN:UUID:abc ", "UID:abc", "uid;VALUE=uri:urn:Uuid: abc"])
def test_a_uid_is_bare(line: str) -> None:
    assert only_card(lines("FN:Ana", line)).ref == ref("abc")


def test_without_a_uid_the_key_is_made_of_the_file_and_where_needed_the_name() -> None:
    ana, bo = lines("FN:Ana"), lines("FN:Bo", "UID: ")

    def uids(data: bytes) -> list[str]:
        return [entry.ref.uid for entry in entries_of(data, "x.vcf")]

    assert uids(ana) == ["no-uid:x.vcf"]
    assert uids(ana + bo + ana) == ["no-uid:x.vcf:Ana", "no-uid:x.vcf:Bo", "no-uid:x.vcf:Ana#2"]
    assert uids(lines("FN:Cy", "UID:cy") + ana) == ["cy", "no-uid:x.vcf:Ana"]
    assert uids(ana + lines("FN:Cy", "UID:cy")) == ["no-uid:x.vcf:Ana", "cy"]


# Groups.


def test_a_person_s_kind_is_no_group() -> None:
    assert isinstance(only_card(lines("FN:Ana", "KIND:individual")), Card)
    assert isinstance(only_card(lines("FN:Acme", "KIND:org")), Card)


def test_a_group_without_fn_is_called_by_n() -> None:
    data = lines("N:Choir", "X-AddressBookServer-Kind:Group", "UID:choir", "MEMBER:")
    assert entries_of(data) == [Group(ref("choir"), "Choir", ())]


# The layout of lines, and encodings.


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"\r\r\n"])
@pytest.mark.parametrize("fold", [b" ", b"\t"])
def test_line_ends_and_folds(end: bytes, fold: bytes) -> None:
    body = "FN:Ana", "NOTE:Zoë and Łukasz went\\naway", "UID:ana", "TEL:1"
    folded = b"".join(
        line[:6] + b"".join(end + fold + line[i : i + 1] for i in range(6, len(line))) + end
        for line in lines(*body).split(b"\r\n")
    )
    assert only_card(folded) == card("ana", "Ana", note="Zoë and Łukasz went\naway", phones=(Labelled("1"),))


def test_the_number_of_a_line_is_its_number_in_the_file() -> None:
    photo = "PHOTO;ENCODING=b:" + "AAAA\r\n " * 10 + "AAAA"
    assert [problem.line for problem in problems_of(lines("FN:Ana", "", photo, "NOTE:a\r\n b\r\n c", "junk"))] == [19]


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-16-be with mark", "utf-16-le with mark"]
)
def test_unicode_files(encoding: str) -> None:
    name, _, mark = encoding.partition(" with ")
    text = ("\ufeff" if mark else "") + lines("FN:Zoë 박은지 \U0001f41d").decode()
    assert only_card(text.encode(name)).name == "Zoë 박은지 \U0001f41d"


def test_a_line_that_is_not_utf_8_does_not_change_the_others() -> None:
    data = lines("FN:Zoë", "NOTE:{}").replace(b"{}", "naïve – “so”".encode("cp1252"))
    assert only_card(data).name == "Zoë"
    assert only_card(data).note == "naïve – “so”"


def test_bytes_that_no_code_page_has_are_still_read() -> None:
    assert only_card(lines("FN:Ana {}").replace(b"{}", b"\xe9\x81")).name == "Ana é"


@pytest.mark.parametrize(
    ("head", "value", "name"),
    [
        ("FN;ENCODING=QUOTED-PRINTABLE", b"Zo=C3=AB", "Zoë"),
        ("FN;QUOTED-PRINTABLE", b"Zo=C3=AB", "Zoë"),
        ("FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE", b"Zo=EB", "Zoë"),
        ("FN;ENCODING=QUOTED-PRINTABLE", b"Zo=EB", "Zoë"),
        ("FN;CHARSET=cp1251;ENCODING=QUOTED-PRINTABLE", b"=CE=EB=FF", "Оля"),
        ("FN;CHARSET=windows-1251", b"\xce\xeb\xff", "Оля"),
        ("FN;CHARSET=windows-1251", "Оля".encode(), "Оля"),  # the file was converted, CHARSET was forgotten
        ("FN;CHARSET=unheard-of", b"Zo\xeb", "Zoë"),
        ("FN;CHARSET=unicode_escape;ENCODING=QUOTED-PRINTABLE", b"Ana \\ud800", "Ana \\ud800"),
        ("FN;CHARSET=SHIFT_JIS", "花".encode("shift_jis"), "花"),
        ("FN;ENCODING=B", b"Wm/Dqw==", "Zoë"),
        ("FN;ENCODING=QUOTED-PRINTABLE", b"not =ZZ quoted", "not =ZZ quoted"),
        ("FN;ENCODING=8BIT", b"Ana", "Ana"),
    ],
)
def test_encoded_values(head: str, value: bytes, name: str) -> None:
    assert only_card(lines(f"{head}:{{}}").replace(b"{}", value)).name == name


@pytest.mark.parametrize(
    "value",
    ["one=0D=0A=\r\ntwo", "one=0A=  \r\ntwo", "one=0D=0A=\r\n two", "one=0D=0A=\r\nt=\r\nwo", "one=0D=0A=\r\n=\r\ntwo"],
)
def test_soft_line_breaks(value: str) -> None:
    found = ana_with(f"NOTE;ENCODING=QUOTED-PRINTABLE:{value}", "TEL:1")
    assert found.note == "one\ntwo"
    assert found.phones == (Labelled("1"),)


def test_a_soft_line_break_does_not_reach_over_the_end_of_a_card() -> None:
    data = lines("FN:Ana", "NOTE;ENCODING=QUOTED-PRINTABLE:cut=") + lines("FN:Bo")
    assert [entry.name for entry in entries_of(data)] == ["Ana", "Bo"]
    assert not problems_of(data)


def test_soft_line_breaks_of_a_property_that_nobody_reads() -> None:
    assert ana_with("LABEL;WORK;ENCODING=QUOTED-PRINTABLE:Road 1=0D=0A=\r\nTEL:fake").phones == ()


@pytest.mark.parametrize(
    "line",
    [
        'ADR;LABEL="Road: 1; Graz":;;;Graz;;;',
        'ADR;X-A="never closed:;;;Graz;;;',
        "ADR;X-LONG=aaaaaaaaaaa\r\n aaaaaaaa;TYPE=home:;;;Graz;;;",
        "AD\r\n R:;;;Graz;;;",
        "adr :;;;Graz;;;",
        "item1.ADR:;;;Graz;;;",
        "\ufeffADR:;;;Graz;;;",
    ],
)
def test_heads_that_are_hard_to_cut(line: str) -> None:
    assert ana_with(line).city == "Graz"


# Photos, and lines that never end.

BASE64 = "/9j/4AAQSkZJRgABAQAAAQABAADKEYTELNOTEBEGIN"


@pytest.mark.parametrize(
    "photo",
    [
        f"PHOTO;ENCODING=b;TYPE=JPEG:{BASE64}\r\n {BASE64}",
        f"PHOTO;ENCODING=BASE64;JPEG:\r\n  {BASE64}\r\n  {BASE64}\r\n",
        f"PHOTO;BASE64:{BASE64}\r\n{BASE64}\r\n{BASE64}",
        f"PHOTO:{BASE64}\r\n{BASE64}\r\n",
        f"PHOTO:data:image/png;base64,{BASE64}",
        f"PHOTO;X-ABCROP-RECTANGLE=ABClipRect_1&0\r\n &0;ENCODING=b:{BASE64}\r\n {BASE64}",
        f"KEY;ENCODING=b:{BASE64}",
        f"item1.LOGO;ENCODING=b:{BASE64}",
        f"SOUND;ENCODING=BASE64:{BASE64}\r\n{BASE64}",
        f"X-MS-CARDPICTURE;ENCODING=BASE64:{BASE64}\r\n{BASE64}",
    ],
)
def test_photos_leave_no_trace(photo: str) -> None:
    data = lines("FN:Ana", "UID:ana", photo, "TEL:1")
    assert read(data) == [card("ana", "Ana", phones=(Labelled("1"),))]


def test_a_line_without_a_colon_after_a_photo_s_blank_line_is_a_line_without_a_colon() -> None:
    assert [problem.line for problem in problems_of(lines("FN:Ana", "PHOTO:AAAA", "AAAA", "", "junk"))] == [7]


@pytest.mark.parametrize("width", [74, 10_000_000])
def test_a_photo_of_ten_megabytes_is_never_held(width: int) -> None:
    piece = b"A" * width
    photo = b"PHOTO;ENCODING=b:" + b"\r\n ".join([piece] * (10_000_000 // width))
    data = io.BytesIO(lines("FN:Ana", "{}", "TEL:1").replace(b"{}", photo))
    tracemalloc.start()
    try:
        (found,) = read_cards(data, account=HOME, collection="contacts", href=Href("a.vcf"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(found, Card)
    assert found.phones == (Labelled("1"),)
    assert peak < 5_000_000


@pytest.mark.parametrize("fold", ["", "\r\n "])
def test_a_line_that_is_far_too_long_is_left_out(fold: str) -> None:
    long = fold.join(["x" * 1000] * (LONGEST_LINE // 1000 + 1))
    data = lines("FN:Ana", "UID:ana", f"NOTE:{long}", "TEL:1", f"X-NOBODY-READS-THIS:{long}", "junk")
    found = read(data)
    assert found[0] == LineProblem(5, "this line is longer than 1 MiB; it was left out")
    assert [problem.reason for problem in problems_of(data)[1:]] == ["this line has no colon; it was left out"]
    assert found[-1] == card("ana", "Ana", phones=(Labelled("1"),))


def test_a_long_note_is_kept() -> None:
    assert len(ana_with("NOTE:" + "x" * (LONGEST_LINE - 100)).note) == LONGEST_LINE - 100


class Drip(io.BytesIO):
    """Gives a few bytes at a time, so that every line falls on the edge of a block."""

    def __init__(self, data: bytes, size: int) -> None:
        super().__init__(data)
        self.size = size

    def read(self, size: int | None = -1) -> bytes:
        return super().read(self.size)


@pytest.mark.parametrize("size", [4, 5, 7, 64])
@pytest.mark.parametrize("name", [*READABLE_FILES, *sorted(FILES_WITH_PROBLEMS)])
def test_where_blocks_end_does_not_matter(name: str, size: int) -> None:
    data = (FILES / name).read_bytes()
    for same in (data, data.decode("cp1252", "replace").encode("utf-16")):
        drip = read_cards(Drip(same, size), account=HOME, collection="contacts", href=Href("a.vcf"))
        assert list(drip) == read(same)


# Where cards begin and end.


def test_an_agent_in_an_agent() -> None:
    inner = "AGENT:\r\nBEGIN:VCARD\r\nFN:Inner\r\njunk\r\nAGENT:BEGIN:VCARD\r\nFN:Innermost\r\nEND:VCARD\r\nEND:VCARD"
    assert read(lines("FN:Ana", "UID:ana", inner, "TEL:1")) == [card("ana", "Ana", phones=(Labelled("1"),))]


def test_an_agent_that_never_ends_does_not_swallow_the_next_card() -> None:
    data = lines("FN:Ana", "UID:ana", "AGENT:\r\nBEGIN:VCARD\r\nFN:Inner") + lines("FN:Bo", "UID:bo")
    assert entries_of(data) == [card("ana", "Ana"), card("bo", "Bo")]


def test_cards_pasted_into_something_else() -> None:
    data = b"BEGIN:VCALENDAR\r\n" + lines("FN:Ana", "UID:ana") + b"END:VCALENDAR\r\n"
    assert read(data) == [card("ana", "Ana")]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\r", b" "])
def test_nothing_is_nothing(data: bytes) -> None:
    assert read(data) == []


# What must hold for any bytes.

ALPHABET = "BEGINDVCARFTLUOPH:;=,\\\"'^.-_ \t\r\n0123456789abcxyzé\u202a\ufeff"
ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
ONE_LINE = ANY_TEXT.map(lambda text: " ".join("".join(c for c in text if c.isprintable()).split()))
NAME = ONE_LINE.filter(bool)
TOKEN = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
SNIPPETS = st.sampled_from(
    [
        *(b"BEGIN:VCARD\r\n", b"END:VCARD\n", b"FN:Ana\r", b"AGENT:\n", b"PHOTO;ENCODING=b:AAAA\n ", b"N:;;\n"),
        *(b"NOTE;ENCODING=QUOTED-PRINTABLE:=\n", b"TITLE;BASE64:", b'TEL;TYPE="', b"\xff\xfe", b"\xef\xbb\xbf"),
        *(b"BDAY;CHARSET=utf-7:", b"item1.X-ABDATE:", b"item1.X-ABLabel:_$!<Anniversary>!$_\n", b"KIND:group\n"),
    ]
)


@given(st.lists(st.binary(max_size=40) | st.text(ALPHABET, max_size=40).map(str.encode) | SNIPPETS).map(b"".join))
def test_no_bytes_raise_and_whatever_comes_is_clean(data: bytes) -> None:
    last_line = len(data.splitlines()) + 1
    for found in read(b"BEGIN:VCARD\nFN:Ana\n" + data):
        if isinstance(found, LineProblem):
            assert 1 <= found.line <= last_line + 2
        else:
            assert found.name
            repr(found).encode()
            assert not set(found.name) & set("\r\n\x00\x07")


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str, width: int) -> bytes:
    octets = line.encode()
    return b"\r\n ".join(octets[start : start + width] for start in range(0, len(octets), width))


def body_of(person: Card) -> list[str]:
    """A small, correct writer of vCard 3.0, for what the model holds."""
    return [
        f"FN:{escaped(person.name)}",
        f"N:{escaped(person.family)};{escaped(person.given)};;;",
        *(f"EMAIL;TYPE=INTERNET,{email.label}:{escaped(email.value)}" for email in person.emails),
        *(f"TEL;TYPE={phone.label}:{phone.value}" for phone in person.phones),
        *(f"BDAY:{person.birthday}" for _ in [0] if person.birthday),
        f"ORG:{escaped(person.organisation)};",
        f"TITLE:{escaped(person.job_title)}",
        f"ADR:;;;{escaped(person.city)};;;{escaped(person.country)}",
        f"NOTE:{escaped(person.note)}",
        f"CATEGORIES:{','.join(map(escaped, person.labels))}",
        f"NICKNAME:{','.join(map(escaped, person.nicknames))}",
        f"UID:{person.ref.uid}",
    ]


def written(body: list[str], width: int = 75) -> bytes:
    return b"\r\n".join(folded(line, width) for line in ["BEGIN:VCARD", "VERSION:3.0", *body, "END:VCARD", ""])


PEOPLE = st.builds(
    Card,
    ref=TOKEN.map(ref),
    name=NAME,
    given=ONE_LINE,
    family=ONE_LINE,
    nicknames=st.lists(NAME, max_size=3, unique=True).map(tuple),
    emails=st.lists(
        st.builds(Labelled, TOKEN.map("{}@example.org".format), st.sampled_from(["home", "work", ""])),
        max_size=3,
        unique_by=lambda email: email.value,
    ).map(tuple),
    phones=st.lists(
        st.builds(Labelled, st.integers(100, 10**12).map("+{}".format), st.sampled_from(["home", "fax", ""])),
        max_size=3,
        unique_by=lambda phone: phone.value,
    ).map(tuple),
    birthday=st.none()
    | st.dates().map(lambda day: PartialDate(day.month, day.day, day.year if day.year != 1604 else None)),
    organisation=ONE_LINE,
    job_title=ONE_LINE,
    city=ONE_LINE,
    country=ONE_LINE,
    note=ANY_TEXT.map(lambda text: "".join(c for c in text if c.isprintable() or c == "\n").strip()),
    labels=st.lists(NAME, max_size=4, unique=True).map(tuple),
)


@given(PEOPLE, st.integers(1, 80))
def test_a_card_that_is_written_comes_back_unchanged(person: Card, width: int) -> None:
    assert read(written(body_of(person), width)) == [person]


JUNK = st.one_of(
    NAME.filter(lambda text: ":" not in text),
    st.builds("X-{}:{}".format, TOKEN, ONE_LINE),
    st.builds("{} {}:{}".format, TOKEN, TOKEN, ONE_LINE),
    st.just("PHOTO;ENCODING=b:not base64!"),
    st.just(""),
)


@given(PEOPLE, st.lists(st.tuples(st.integers(0, 20), JUNK), max_size=8))
def test_junk_between_the_lines_costs_nothing_but_itself(person: Card, junk: list[tuple[int, str]]) -> None:
    body = body_of(person)
    for position, line in junk:
        body.insert(position, line)
    found = read(written(body))
    assert found[-1] == person
    assert all(isinstance(problem, LineProblem) for problem in found[:-1])


@given(PEOPLE)
def test_a_problem_tells_nothing_of_the_card(person: Card) -> None:
    secret = "Xylophone"
    body = [f"{line}{secret}" for line in body_of(person)]
    for problem in problems_of(written([*body, secret, f"BDAY:{secret}", f"TITLE;ENCODING=b:{secret}!"])):
        assert secret not in problem.reason
