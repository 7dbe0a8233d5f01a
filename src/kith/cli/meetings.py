"""``kith meetings``: what stands in the watched calendars, what counted and why not, and what is asked about titles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kith.cli.console import print_json, say, table
from kith.cli.plain import identity
from kith.cli.session import session
from kith.cli.words import clock_text, count, day_words, joined, understood_words
from kith.core.event import Timed
from kith.errors import UsageError

if TYPE_CHECKING:
    from kith.app import App
    from kith.store.meetings import Question, Ruling
    from kith.sync.meetings import Seen
    from kith.sync.network import Network

app = typer.Typer(
    help="The meetings in your own calendars: which counted, and why others did not.", invoke_without_command=True
)

_WORDS = {
    "counts": "a conversation",
    "ahead": "ahead",
    "kith": "an event of kith's own",
    "cancelled": "cancelled",
    "all-day": "all day: does not count",
    "declined": "you declined",
    "list": "a list was invited: nobody can tell how many people",
    "too many": "too many people",
    "nobody": "with nobody of your network",
}
_OF_NO_INTEREST = ("nobody", "kith")
_NONE_WATCHED = "no calendar of yours is watched"
_NAME_SOME = 'name them in the config, as your calendar app shows them: [meetings], calendars = ["Personal"]'


@app.callback()
def list_meetings(
    context: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Those with nobody of your network, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: all of them.")] = False,
) -> None:
    """Every meeting of the last and the next 60 days, as the last pass saw it, and what it came to."""
    if context.invoked_subcommand is not None:
        return
    from kith.sync.meetings import look_through

    with session(context) as opened:
        if not opened.watching.places:
            raise UsageError(_NONE_WATCHED, hint=_NAME_SOME)
        network = opened.everybody()
        seen = look_through(opened.store, opened.watching, opened.rules, network, opened.now)
        questions = _open_questions(opened)
        if as_json:
            print_json([_plain(opened, one, network, questions) for one in seen])
            return
        shown = [one for one in seen if everything or one.judged.why not in _OF_NO_INTEREST]
        if shown:
            table(("Day", "", "Meeting", "With", ""), [_row(opened, one, network, questions) for one in shown])
        if not opened.store.meetings.watched():
            say("Your calendars were not read yet: `kith sync` does.")
        elif len(seen) > len(shown):
            others = count(len(seen) - len(shown), "meeting is", "meetings are")
            say(f"{others} with nobody of your network: `kith meetings --all` shows them.", "dim")
        elif not seen:
            say("There is no meeting in your calendars.")


@app.command("yes")
def yes(context: typer.Context, number: Annotated[int, typer.Argument(help="The question's number.")]) -> None:
    """The meeting was with the one whom its title names: it counts."""
    _answer(context, number, "yes")


@app.command("no")
def no(context: typer.Context, number: Annotated[int, typer.Argument(help="The question's number.")]) -> None:
    """It was not: it does not count, and is not asked about again."""
    _answer(context, number, "no")


def _answer(context: typer.Context, number: int, ruling: Ruling) -> None:
    from kith.sync.meetings import answer

    with session(context) as opened:
        question = next((one for one in opened.store.meetings.questions() if one.number == number), None)
        if question is None:
            asked = tuple(f"{one.number}: {_asked(opened, one)}" for one in _open_questions(opened).values())
            hint = "`kith meetings` shows what is asked" if asked else "nothing is asked at the moment"
            raise UsageError(f"there is no question {number}", hint=hint, candidates=asked)
        report = answer(opened.store, question, ruling, opened.watching, opened.rules, opened.now)
        said = "was a meeting" if ruling == "yes" else "was no meeting"
        on_day = day_words(question.day, opened.today)
        say(f"“{question.title}” ({on_day}) {said} with {opened.store.people.name(question.person)}.")
        for item in report.understood:
            say(f"  {item.person}: {understood_words(item, opened.today)}")


def _open_questions(opened: App) -> dict[tuple[str, str], Question]:
    found = opened.store.meetings.open_questions()
    return {(question.uid, question.person): question for several in found.values() for question in several}


def _asked(opened: App, question: Question) -> str:
    who = opened.store.people.name(question.person)
    return f"“{question.title}” on {day_words(question.day, opened.today)}, with {who}?"


def _row(
    opened: App, one: Seen, network: Network, questions: dict[tuple[str, str], Question]
) -> tuple[str, str, str, str, str]:
    meeting, zone = one.judged.meeting, opened.rules.days.zone
    names = [network.known[person].person.name for person in sorted(set(one.judged.people.values()))]
    words = [_WORDS[one.judged.why]] if one.judged.why in _WORDS else []
    asked = [questions[meeting.uid, who] for who in one.judged.named if (meeting.uid, who) in questions]
    words += [
        f"{network.known[question.person].person.name}? `kith meetings yes {question.number}`" for question in asked
    ]
    return (
        day_words(meeting.when.day_in(zone), opened.today),
        clock_text(meeting.when.start, zone) if isinstance(meeting.when, Timed) else "",
        meeting.title,
        joined(names) if names else "",
        ", ".join(words),
    )


def _plain(opened: App, one: Seen, network: Network, questions: dict[tuple[str, str], Question]) -> dict[str, object]:
    meeting = one.judged.meeting
    people = sorted(set(one.judged.people.values()))
    asked = [questions[meeting.uid, who] for who in one.judged.named if (meeting.uid, who) in questions]
    return {
        "uid": meeting.uid,
        "day": meeting.when.day_in(opened.rules.days.zone).isoformat(),
        "start": meeting.when.start.isoformat() if isinstance(meeting.when, Timed) else None,
        "title": meeting.title,
        "calendars": [f"{place.account}/{place.calendar}" for place in one.places],
        "people": [identity(network.known[person].person) for person in people],
        "why": one.judged.why,
        "questions": [
            {"number": question.number, **identity(network.known[question.person].person)} for question in asked
        ],
    }
