"""A made-up world of people and the cards that address books have of them, with the truth about whose each is.

The same cards for the same arguments. It holds what makes joining hard: names from several languages and scripts,
families at one address with one telephone and one e-mail, offices with a switchboard, juniors and seniors, people of
one name, married names, nicknames, initials, typing errors, swapped fields, cards with next to nothing on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

from kith.core.model import AccountId, Card, CardRef, CardUid, Labelled, PartialDate

_PLACES = (
    ("Porto", "Rua Nova", "4050-{:03}", "PT"), ("Lisboa", "Rua da Graça", "1170-{:03}", "PT"),
    ("Graz", "Annenstraße", "80{:02}", "AT"), ("Hamburg", "Elbchaussee", "22{:03}", "DE"),
    ("Leeds", "Mill Lane", "LS{} 4AB", "GB"), ("Nantes", "rue du Port", "44{:03}", "FR"),
    ("Kraków", "ulica Długa", "31-{:03}", "PL"), ("Malmö", "Storgatan", "211 {:02}", "SE"),
    ("Sevilla", "Calle Sierpes", "41{:03}", "ES"), ("Torino", "Via Po", "10{:03}", "IT"),
)  # fmt: skip
_TRUNKS = {
    "PT": "+35191{:07}", "AT": "+43664{:07}", "DE": "+49171{:07}", "GB": "+447700{:06}", "FR": "+336{:08}",
    "PL": "+4860{:07}", "SE": "+4670{:07}", "ES": "+346{:08}", "IT": "+39347{:07}",
}  # fmt: skip
_NAMES = (
    # Of one language each: given names with another way to say them, common family names, and what others are made of.
    (
        "William/Bill Elizabeth/Liz Robert/Bob Margaret/Peggy James/Jim Catherine/Kate Edward/Ted Susan/Sue Thomas/Tom"
        " Helen/Nell Richard/Dick Patricia/Pat Michael/Mike Christine/Chris Andrew/Andy Judith/Judy",
        "Smith Jones Taylor Brown Wilson Evans Johnson Roberts Walker Wright Robinson Thompson White Hughes",
        "Ash Black Thorn Whit Brad Hol Lang Nor Sut Mar Cal Win",
        "worth ton field ford bury ley combe well thwaite by",
    ),
    (
        "José/Zé Maria/Mia Francisco/Chico António/Toni Ana/Anita João/Juca Guilherme/Gui Beatriz/Bia Manuel/Manel"
        " Luísa/Lulu Joaquim/Quim Teresa/Tere Rafael/Rafa Isabel/Bela",
        "Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Fernandes Gonçalves Gomes Lopes Marques",
        "Carv Alm Vascon Mont Ribeir Figueir Nogueir Casta Saraiv Pach",
        "alho eida celos enegro inho edo anho eco al ares",
    ),
    (
        "Johannes/Hans Katharina/Käthe Friedrich/Fritz Elisabeth/Lisa Jürgen/Juergen Margarete/Grete Maximilian/Max"
        " Susanne/Susi Günther/Günter Christiane/Christa Sebastian/Basti Ursula/Uschi Wolfgang/Wolf Franziska/Franzi",
        "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein",
        "Wald Berg Stein Ober Nieder Grün Linden Hoch Kirch Brun Rosen Eich",
        "mann hofer meier berger müller bauer huber reiter egger thaler",
    ),
    (
        "Александр/Саша Екатерина/Катя Дмитрий/Дима Ольга/Оля Сергей/Serge Наталья/Наташа Михаил/Миша Светлана/Света"
        " Владимир/Вова Ирина/Ира",
        "Иванов Петров Сидоров Смирнов Кузнецов Попов Соколов Лебедев Козлов Новиков Морозов Волков Павлов Орлов",
        "Бород Кор Вас Мака Лобан Тимоф Гавр Ефим Зах Рома",
        "ин ов ев ский енко чук ук ец",
    ),
    (
        "Giuseppe/Beppe Francesca/Franci Giovanni/Gianni Caterina/Cate Lorenzo/Renzo Elisabetta/Betta Alessandro/Sandro"
        " Margherita/Rita Antonio/Tonio Teresa/Tere Federico/Fede Giulia/Giuli",
        "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti Mancini Giordano",
        "Bel Monte Fior Casa Buon Pelle Campa Valle Trava Spada",
        "vini nelli gnoli rini letti succi doro lupi mare vecchi",
    ),
)  # fmt: skip
_COMPANIES = (
    "Blue Kettle",
    "Northwind Bakery",
    "Atelier Sept",
    "Werft Söhne",
    "Óptica Lua",
    "Fado e Filhos",
    "Kessler",
)
_TITLES = ("Dr. ", "Mr ", "Mrs ", "Prof. ", "Herr ", "Frau ", "Dra. ", "Sig. ")
_ACCOUNTS = ("google", "phone", "work", "linkedin", "sheet")


@dataclass(frozen=True, slots=True)
class Being:
    """One person as they are. ``mails`` and ``phones`` are their own, ``shared`` are the house's or the office's."""

    number: int
    given: tuple[str, str]
    family: str
    maiden: str
    mails: tuple[str, ...]
    phones: tuple[str, ...]
    birthday: PartialDate
    company: str
    place: tuple[str, str, str]
    generation: str = ""
    shared_mail: str = ""
    shared_phone: str = ""
    middle: str = ""
    profile: str = ""


@dataclass(slots=True)
class World:
    """Cards, and whose they are."""

    cards: list[Card] = field(default_factory=list)
    truth: dict[CardRef, int] = field(default_factory=dict)


def make_world(cards: int, seed: int) -> World:
    """About so many cards; two for most people, up to four for some."""
    random = Random(seed)
    world = World()
    beings = _beings(random)
    while len(world.cards) < cards:
        being = next(beings)
        accounts = random.sample(_ACCOUNTS, random.choices((1, 2, 3, 4), (40, 35, 18, 7))[0])
        for position, account in enumerate(accounts):
            ref = CardRef(AccountId(account), "", CardUid(f"{random.getrandbits(128):032x}"))
            world.cards.append(_card(ref, being, random, clean=position == 0))
            world.truth[ref] = being.number
    random.shuffle(world.cards)
    return world


# --- people ---------------------------------------------------------------------------------------------------


def _beings(random: Random) -> Iterator[Being]:
    number = 0
    while True:
        kind = random.choices(("alone", "family", "office", "two generations"), (50, 25, 22, 3))[0]
        size = {"alone": 1, "family": random.randint(2, 5), "office": random.randint(3, 12), "two generations": 2}[kind]
        language = random.randrange(len(_NAMES))
        taken: set[str] = set()
        first = _being(random, number, language, taken)
        for position in range(size):
            being = first if position == 0 else _being(random, number, language, taken if kind == "family" else set())
            yield _in_group(being, kind, position, first)
            number += 1


def _in_group(being: Being, kind: str, position: int, first: Being) -> Being:
    """With what people have in common with the first of their group."""
    house = f"house{first.number}@mail.example"
    match kind:
        case "family":
            phone = f"+49301{first.number:06}"
            return replace(being, family=first.family, place=first.place, shared_mail=house, shared_phone=phone)
        case "office":
            mail, phone = f"office{first.number}@firm.example", f"+49302{first.number:06}"
            return replace(being, company=first.company, shared_mail=mail, shared_phone=phone)
        case "two generations":
            phone = f"+49303{first.number:06}"
            named = replace(being, given=first.given, family=first.family, generation=("Sr.", "Jr.")[position])
            return replace(named, place=first.place, shared_mail=house, shared_phone=phone)
        case _:
            return being


def _being(random: Random, number: int, language: int, taken: set[str]) -> Being:
    """One more person; nobody in a household is called as somebody else there is."""
    givens, common, stems, endings = (part.split() for part in _NAMES[language])
    given = random.choice([name for name in givens if name not in taken])
    taken.add(given)
    families = [
        random.choice(common) if random.random() < 0.4 else f"{random.choice(stems)}{random.choice(endings)}"
        for _ in range(2)
    ]
    city, road, postcode, country = random.choice(_PLACES)
    house = random.randint(1, 120)
    usual, other = given.split("/")
    plain = f"{_ascii(usual)}.{_ascii(families[0])}{number}".lower()
    return Being(
        number=number,
        given=(usual, other),
        family=families[0],
        maiden=families[1],
        mails=(f"{plain}@gmail.com", f"{plain}@post{number % 40}.example")[: random.randint(1, 2)],
        phones=(_TRUNKS[country].format(number % 10**6),),
        birthday=PartialDate(random.randint(1, 12), random.randint(1, 28), random.randint(1930, 2010)),
        company=f"{random.choice(_COMPANIES)} {random.randint(1, 400)}",
        place=(city, f"{road} {house}", postcode.format(house % 100)),
        middle=random.choice(givens).split("/")[0] if random.random() < 0.15 else "",
        profile=f"https://www.linkedin.com/in/{plain.replace('.', '-')}" if random.random() < 0.5 else "",
    )


def _ascii(text: str) -> str:
    from kith.core.plain import latin

    return latin(text).replace(" ", "")


# --- their cards ----------------------------------------------------------------------------------------------


def _card(ref: CardRef, being: Being, random: Random, *, clean: bool) -> Card:
    given, family = being.given[0], being.family
    if not clean:
        given, family = _other_way(being, random)
    mails, phones = _ways(being, random)
    name = _whole(given, being.middle if random.random() < 0.5 else "", family, being.generation, random)
    has = {part: random.random() < share for part, share in _SHARES.items()}
    structured = random.random() < 0.6
    city, road, postcode = being.place
    return Card(
        ref=ref,
        name=name,
        given=given if structured else "",
        family=family if structured else "",
        emails=tuple(map(Labelled, mails)),
        phones=tuple(map(Labelled, phones)),
        urls=(Labelled(being.profile),) if being.profile and has["profile"] else (),
        birthday=_birthday(being, random) if has["birthday"] else None,
        organisation=f"{being.company}{random.choice(('', ' GmbH', ' Ltd.', ', Lda.'))}" if has["company"] else "",
        city=city if has["city"] else "",
        street=road if has["city"] and has["street"] else "",
        postcode=postcode if has["city"] and has["street"] else "",
    )


_SHARES = {"profile": 0.3, "birthday": 0.35, "company": 0.35, "city": 0.5, "street": 0.6}


def _whole(given: str, middle: str, family: str, generation: str, random: Random) -> str:
    name = " ".join(filter(None, (given, middle, family)))
    if random.random() < 0.08 and family:
        name = f"{family}, {given}"
    if random.random() < 0.06:
        name = f"{random.choice(_TITLES)}{name}"
    if random.random() < 0.05:
        name = name.upper() if random.random() < 0.5 else name.lower()
    return f"{name} {generation}".strip()


def _other_way(being: Being, random: Random) -> tuple[str, str]:
    """The name as another address book has it."""
    given, family = being.given[0], being.family
    way = random.choices(
        ("same", "other", "latin", "typo", "initial", "given only", "swapped", "maiden", "no accents"),
        (48, 14, 10, 8, 4, 5, 3, 3, 5),
    )[0]
    match way:
        case "other":
            return being.given[1], family
        case "latin" | "no accents":
            return _ascii(given).title(), _ascii(family).title()
        case "typo":
            return (given, _mistyped(family, random)) if random.random() < 0.6 else (_mistyped(given, random), family)
        case "initial":
            return f"{given[0]}.", family
        case "given only":
            return given, ""
        case "swapped":
            return family, given
        case "maiden":
            return given, being.maiden
        case _:
            return given, family


def _mistyped(word: str, random: Random) -> str:
    at = random.randrange(1, len(word)) if len(word) > 1 else 0
    match random.randrange(4):
        case 0:
            return word[:at] + word[at + 1 :] or word
        case 1:
            return word[:at] + random.choice("aeinrst") + word[at:]
        case 2 if at + 1 < len(word):
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case _:
            return word[:at] + random.choice("aeinrst") + word[at + 1 :]


def _ways(being: Being, random: Random) -> tuple[list[str], list[str]]:
    """The e-mails and numbers on one card, each as somebody may write it."""
    mails = [mail for mail in being.mails if random.random() < 0.6]
    phones = [phone for phone in being.phones if random.random() < 0.6]
    if being.shared_mail and random.random() < 0.3:
        mails.append(being.shared_mail)
    if being.shared_phone and random.random() < 0.5:
        phones.append(being.shared_phone)
    return [_written(mail, random) for mail in mails], [_dialled(phone, random) for phone in phones]


def _written(mail: str, random: Random) -> str:
    box, _, domain = mail.partition("@")
    way = random.randrange(8)
    if way == 0:
        return f"{box}+kith@{domain}"
    if way == 1 and domain == "gmail.com":
        return f"{box.replace('.', '')}@googlemail.com"
    return mail.upper() if way == 2 else mail


def _dialled(phone: str, random: Random) -> str:
    way = random.randrange(4)
    if way == 0:
        return f"{phone[:3]} {phone[3:6]} {phone[6:]}"
    return f"00{phone[1:]}" if way == 1 else phone


def _birthday(being: Being, random: Random) -> PartialDate:
    return replace(being.birthday, year=None) if random.random() < 0.2 else being.birthday
