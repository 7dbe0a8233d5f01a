"""The schema, as the ordered steps that made it.

Each step runs in one transaction with the record that it ran; before the first of several steps on a store that
holds anything, a copy goes to ``backups/``. A step, once released, is never edited. What cannot be fetched again
(conversations, links, history, what was written to calendars) is only ever carried along; the mirror tables
(``items``, ``cards``, ``card_groups``, ``cursors``, ``looks``, all ``watched_…``) may be dropped and filled again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kith.errors import StoreError
from kith.store.db import Database, store_errors


@dataclass(frozen=True, slots=True)
class Migration:
    """One step. ``name`` is its record."""

    name: str
    sql: str


_FIRST = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

-- The mirror of the address books: may be dropped and fetched again.
CREATE TABLE items (
    account TEXT NOT NULL, collection TEXT NOT NULL, href TEXT NOT NULL, etag TEXT,
    PRIMARY KEY (account, collection, href)
) STRICT, WITHOUT ROWID;
CREATE TABLE cards (
    account TEXT NOT NULL, collection TEXT NOT NULL, uid TEXT NOT NULL, href TEXT NOT NULL,
    digest TEXT NOT NULL, body TEXT NOT NULL, labels TEXT NOT NULL, keys TEXT NOT NULL,
    seen INTEGER NOT NULL, missing_since TEXT,
    PRIMARY KEY (account, collection, uid)
) STRICT;
CREATE INDEX cards_by_href ON cards (account, collection, href);
CREATE INDEX cards_missing ON cards (account) WHERE missing_since IS NOT NULL;
CREATE TABLE card_groups (
    account TEXT NOT NULL, collection TEXT NOT NULL, uid TEXT NOT NULL, href TEXT NOT NULL,
    name TEXT NOT NULL, members TEXT NOT NULL, seen INTEGER NOT NULL,
    PRIMARY KEY (account, collection, uid)
) STRICT;

-- From here on: what cannot be fetched again.
CREATE TABLE card_changes (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, collection TEXT NOT NULL, uid TEXT NOT NULL,
    at TEXT NOT NULL, field TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL
) STRICT;
CREATE INDEX card_changes_by_card ON card_changes (account, collection, uid);

CREATE TABLE people (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, body TEXT NOT NULL, by_hand INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL, circle TEXT, every TEXT, anchor TEXT, next_on TEXT, next_set_on TEXT,
    paused INTEGER NOT NULL DEFAULT 0, paused_until TEXT, revision INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE person_cards (
    account TEXT NOT NULL, collection TEXT NOT NULL, uid TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    PRIMARY KEY (account, collection, uid)
) STRICT;
CREATE INDEX person_cards_by_person ON person_cards (person_id);

CREATE TABLE conversations (
    id INTEGER PRIMARY KEY, day TEXT NOT NULL, via TEXT NOT NULL, text TEXT NOT NULL, recorded_at TEXT NOT NULL,
    event_uid TEXT, occurrence TEXT NOT NULL DEFAULT '', withdrawn_at TEXT
) STRICT;
CREATE UNIQUE INDEX one_conversation_an_event ON conversations (event_uid, occurrence) WHERE event_uid IS NOT NULL;
CREATE TABLE conversation_people (
    conversation_id INTEGER NOT NULL REFERENCES conversations (id), person_id TEXT NOT NULL REFERENCES people (id),
    PRIMARY KEY (conversation_id, person_id)
) STRICT;
CREATE INDEX conversations_by_person ON conversation_people (person_id);
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY, person_id TEXT NOT NULL REFERENCES people (id), day TEXT NOT NULL, text TEXT NOT NULL,
    recorded_at TEXT NOT NULL, event_uid TEXT
) STRICT;
CREATE TABLE skips (
    id INTEGER PRIMARY KEY, person_id TEXT NOT NULL REFERENCES people (id), day TEXT NOT NULL, reason TEXT NOT NULL,
    recorded_at TEXT NOT NULL, event_uid TEXT
) STRICT;
CREATE TABLE facts (
    id INTEGER PRIMARY KEY, person_id TEXT NOT NULL REFERENCES people (id), kind TEXT NOT NULL, text TEXT NOT NULL,
    recorded_at TEXT NOT NULL
) STRICT;
-- Every state of the text typed in an event, as it was first read; never changed, never deleted.
CREATE TABLE typed_texts (
    id INTEGER PRIMARY KEY, event_uid TEXT NOT NULL, occurrence TEXT NOT NULL DEFAULT '', read_at TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX typed_texts_by_event ON typed_texts (event_uid);

CREATE TABLE reach_outs (
    id INTEGER PRIMARY KEY, outcome TEXT, opened_at TEXT NOT NULL, closed_at TEXT,
    started_at TEXT, retries INTEGER NOT NULL DEFAULT 0, fixed INTEGER NOT NULL DEFAULT 0, again_from TEXT,
    due TEXT, at_worst TEXT, withdrawn INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE reach_out_people (
    reach_out_id INTEGER NOT NULL REFERENCES reach_outs (id), person_id TEXT NOT NULL REFERENCES people (id),
    is_open INTEGER NOT NULL,
    PRIMARY KEY (reach_out_id, person_id)
) STRICT;
CREATE UNIQUE INDEX one_open_reach_out_a_person ON reach_out_people (person_id) WHERE is_open = 1;
CREATE TABLE events (
    uid TEXT PRIMARY KEY, account TEXT NOT NULL, calendar TEXT NOT NULL, state TEXT NOT NULL, href TEXT, etag TEXT,
    install TEXT NOT NULL, epoch INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, n INTEGER NOT NULL,
    card TEXT, plain_title TEXT NOT NULL, fields TEXT NOT NULL, brief TEXT NOT NULL, typed TEXT NOT NULL DEFAULT '',
    last_modified TEXT, pending TEXT, hands_off TEXT NOT NULL DEFAULT '', touched INTEGER NOT NULL DEFAULT 0,
    repeats_until TEXT, missing_since TEXT, closed_at TEXT
) STRICT;
CREATE INDEX events_by_state ON events (state);
CREATE TABLE event_reach_outs (
    event_uid TEXT NOT NULL REFERENCES events (uid), reach_out_id INTEGER NOT NULL REFERENCES reach_outs (id),
    PRIMARY KEY (event_uid, reach_out_id)
) STRICT;
CREATE INDEX events_by_reach_out ON event_reach_outs (reach_out_id);
-- The highest number a subject's events have had, by epoch: a UID is never used again.
CREATE TABLE numbers (
    epoch INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (epoch, kind, subject)
) STRICT;
CREATE TABLE calendars (
    account TEXT NOT NULL, calendar TEXT NOT NULL, identity TEXT NOT NULL, halted TEXT, halted_since TEXT,
    PRIMARY KEY (account, calendar)
) STRICT;

CREATE TABLE runs (
    id INTEGER PRIMARY KEY, started_at TEXT NOT NULL, finished_at TEXT, report TEXT
) STRICT;
CREATE TABLE faults (
    account TEXT NOT NULL, kind TEXT NOT NULL, message TEXT NOT NULL, hint TEXT NOT NULL, since TEXT NOT NULL,
    PRIMARY KEY (account, kind)
) STRICT;
CREATE TABLE good_configs (id INTEGER PRIMARY KEY, text TEXT NOT NULL, kept_at TEXT NOT NULL) STRICT;
"""

_CURSORS = """
-- The sources' notes to themselves, part of the mirror: what a collection's cursor stands for is in items and cards.
CREATE TABLE cursors (
    account TEXT NOT NULL, collection TEXT NOT NULL, cursor TEXT NOT NULL,
    PRIMARY KEY (account, collection)
) STRICT, WITHOUT ROWID;
"""

_LOOKS = """
-- What the next look at a calendar need not fetch again: may be dropped, which costs one full look.
CREATE TABLE looks (
    account TEXT NOT NULL, calendar TEXT NOT NULL, cursor TEXT NOT NULL, settled TEXT NOT NULL,
    PRIMARY KEY (account, calendar)
) STRICT;
"""

_WAITS = """
-- Accounts that failed: left alone until then (UTC), or, where that is null, until the user did something about it.
CREATE TABLE waits (account TEXT PRIMARY KEY, failures INTEGER NOT NULL, until TEXT) STRICT;
-- One row: when the next pass is due and when the last one began (UTC), and how things stand, with nothing personal.
CREATE TABLE next_pass (
    one INTEGER PRIMARY KEY CHECK (one = 1), at TEXT NOT NULL, began TEXT NOT NULL, summary TEXT NOT NULL
) STRICT;
"""

_TOLD = """
-- How the user was told of a fault: its event; when their command was run, and why that failed.
ALTER TABLE faults ADD COLUMN event_uid TEXT;
ALTER TABLE faults ADD COLUMN told_at TEXT;
ALTER TABLE faults ADD COLUMN not_told TEXT NOT NULL DEFAULT '';
"""

_PEOPLE_JOINED = """
-- Who counts as whom: the person that a card was first given to is its home, whoever it counts for now.
ALTER TABLE people ADD COLUMN joined_to TEXT REFERENCES people (id);
CREATE INDEX people_joined ON people (joined_to) WHERE joined_to IS NOT NULL;
ALTER TABLE person_cards ADD COLUMN home TEXT REFERENCES people (id);
UPDATE person_cards SET home = person_id;
CREATE INDEX person_cards_by_home ON person_cards (home);
CREATE TABLE joins (
    id INTEGER PRIMARY KEY, person_id TEXT NOT NULL REFERENCES people (id),
    joined_to TEXT NOT NULL REFERENCES people (id), at TEXT NOT NULL, reasons TEXT NOT NULL, took TEXT NOT NULL
) STRICT;
-- Whose a thing was before its owner was joined to somebody: a row of the table "kind".
CREATE TABLE belongings (
    person_id TEXT NOT NULL REFERENCES people (id), kind TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (kind, number, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX belongings_by_person ON belongings (person_id);
CREATE TABLE rulings (
    one TEXT NOT NULL REFERENCES people (id), other TEXT NOT NULL REFERENCES people (id),
    ruling TEXT NOT NULL, by TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (one, other)
) STRICT;
-- What a person's own cards said last; it stays when they are gone.
CREATE TABLE profiles (person_id TEXT PRIMARY KEY REFERENCES people (id), body TEXT NOT NULL) STRICT;

-- From here on: what can be worked out again.
CREATE TABLE match_keys (
    key INTEGER NOT NULL, person_id TEXT NOT NULL,
    PRIMARY KEY (key, person_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX match_keys_by_person ON match_keys (person_id);
CREATE TABLE likenesses (
    one TEXT NOT NULL, other TEXT NOT NULL, kind TEXT NOT NULL, score REAL NOT NULL, reasons TEXT NOT NULL,
    PRIMARY KEY (one, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX likenesses_by_other ON likenesses (other);
ALTER TABLE cards ADD COLUMN matched INTEGER NOT NULL DEFAULT 0;
CREATE INDEX cards_unmatched ON cards (account) WHERE matched = 0;
"""

_IMPORTS = """
-- What came out of files, which may be gone: it cannot be fetched again. The cards stand in the mirror too.
CREATE TABLE imports (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, file TEXT NOT NULL, imported_at TEXT NOT NULL,
    summary TEXT NOT NULL DEFAULT '{}', undone_at TEXT
) STRICT;
CREATE TABLE imported_cards (
    account TEXT NOT NULL, collection TEXT NOT NULL, uid TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (account, collection, uid)
) STRICT;
-- What files said of somebody beside their card, and the row that it became: said again, it is not recorded again.
CREATE TABLE imported_things (
    account TEXT NOT NULL, collection TEXT NOT NULL, uid TEXT NOT NULL, key TEXT NOT NULL,
    value TEXT NOT NULL, number INTEGER,
    PRIMARY KEY (account, collection, uid, key)
) STRICT;
-- What each import did, in order, with what was there before: for taking it back.
CREATE TABLE import_steps (
    id INTEGER PRIMARY KEY, import_id INTEGER NOT NULL REFERENCES imports (id), what TEXT NOT NULL,
    subject TEXT NOT NULL, before TEXT
) STRICT;
CREATE INDEX import_steps_by_import ON import_steps (import_id);

-- Labels that the user gave here, and whom they do not want to be asked about.
CREATE TABLE tags (
    person_id TEXT NOT NULL REFERENCES people (id), tag TEXT NOT NULL,
    PRIMARY KEY (person_id, tag)
) STRICT;
CREATE TABLE choices (
    person_id TEXT PRIMARY KEY REFERENCES people (id), choice TEXT NOT NULL, chosen_on TEXT NOT NULL
) STRICT;
"""

_KINDS = """
-- What a reach-out is for; the one that a person may have open is of the first kind.
ALTER TABLE reach_outs ADD COLUMN kind TEXT NOT NULL DEFAULT 'reach-out';
"""

_LISTS = """
-- How a reach-out stands in an event: the key of its line, if that is a list; 0 once another event carries it; since
-- when its line has been gone from the list.
ALTER TABLE event_reach_outs ADD COLUMN line TEXT NOT NULL DEFAULT '';
ALTER TABLE event_reach_outs ADD COLUMN stands INTEGER NOT NULL DEFAULT 1;
ALTER TABLE event_reach_outs ADD COLUMN missing_since TEXT;
"""

_SAID = """
-- What the user does not want to see any more: it counts for nothing, and can be had back.
ALTER TABLE conversations ADD COLUMN forgotten_at TEXT;
ALTER TABLE attempts ADD COLUMN forgotten_at TEXT;
ALTER TABLE facts ADD COLUMN forgotten_at TEXT;
-- Promises ticked on the command line, by their words.
CREATE TABLE ticks (
    id INTEGER PRIMARY KEY, person_id TEXT NOT NULL REFERENCES people (id), text TEXT NOT NULL, ticked_at TEXT NOT NULL
) STRICT;

-- Every text once more, for searching; can be made anew. A row's number is that of the text, times four, and which
-- table it is in.
CREATE VIRTUAL TABLE words USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');
INSERT INTO words (rowid, text) SELECT id * 4 + 0, text FROM conversations;
CREATE TRIGGER conversations_into_words AFTER INSERT ON conversations BEGIN
    INSERT INTO words (rowid, text) VALUES (new.id * 4 + 0, new.text);
END;
CREATE TRIGGER conversations_in_words AFTER UPDATE OF text ON conversations BEGIN
    UPDATE words SET text = new.text WHERE rowid = new.id * 4 + 0;
END;
CREATE TRIGGER conversations_out_of_words AFTER DELETE ON conversations BEGIN
    DELETE FROM words WHERE rowid = old.id * 4 + 0;
END;
INSERT INTO words (rowid, text) SELECT id * 4 + 1, text FROM facts;
CREATE TRIGGER facts_into_words AFTER INSERT ON facts BEGIN
    INSERT INTO words (rowid, text) VALUES (new.id * 4 + 1, new.text);
END;
CREATE TRIGGER facts_in_words AFTER UPDATE OF text ON facts BEGIN
    UPDATE words SET text = new.text WHERE rowid = new.id * 4 + 1;
END;
CREATE TRIGGER facts_out_of_words AFTER DELETE ON facts BEGIN
    DELETE FROM words WHERE rowid = old.id * 4 + 1;
END;
INSERT INTO words (rowid, text) SELECT id * 4 + 2, text FROM attempts;
CREATE TRIGGER attempts_into_words AFTER INSERT ON attempts BEGIN
    INSERT INTO words (rowid, text) VALUES (new.id * 4 + 2, new.text);
END;
CREATE TRIGGER attempts_in_words AFTER UPDATE OF text ON attempts BEGIN
    UPDATE words SET text = new.text WHERE rowid = new.id * 4 + 2;
END;
CREATE TRIGGER attempts_out_of_words AFTER DELETE ON attempts BEGIN
    DELETE FROM words WHERE rowid = old.id * 4 + 2;
END;
INSERT INTO words (rowid, text) SELECT id * 4 + 3, text FROM typed_texts;
CREATE TRIGGER typed_texts_into_words AFTER INSERT ON typed_texts BEGIN
    INSERT INTO words (rowid, text) VALUES (new.id * 4 + 3, new.text);
END;
CREATE TRIGGER typed_texts_in_words AFTER UPDATE OF text ON typed_texts BEGIN
    UPDATE words SET text = new.text WHERE rowid = new.id * 4 + 3;
END;
CREATE TRIGGER typed_texts_out_of_words AFTER DELETE ON typed_texts BEGIN
    DELETE FROM words WHERE rowid = old.id * 4 + 3;
END;
"""

_MEETINGS = """
-- The mirror of the watched calendars: may be dropped and read again. A source is what later dates are found from.
CREATE TABLE watched_calendars (
    account TEXT NOT NULL, calendar TEXT NOT NULL, made_for TEXT NOT NULL, cursor TEXT NOT NULL, until TEXT NOT NULL,
    PRIMARY KEY (account, calendar)
) STRICT, WITHOUT ROWID;
CREATE TABLE watched_items (
    account TEXT NOT NULL, calendar TEXT NOT NULL, href TEXT NOT NULL, etag TEXT, source TEXT NOT NULL,
    unreadable INTEGER NOT NULL,
    PRIMARY KEY (account, calendar, href)
) STRICT, WITHOUT ROWID;
CREATE TABLE watched_meetings (
    account TEXT NOT NULL, calendar TEXT NOT NULL, href TEXT NOT NULL, key TEXT NOT NULL, ends TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX watched_meetings_by_item ON watched_meetings (account, calendar, href);
CREATE INDEX watched_meetings_by_end ON watched_meetings (ends);
-- The next meeting with each person: follows from the others.
CREATE TABLE meetings_ahead (person_id TEXT PRIMARY KEY REFERENCES people (id), day TEXT NOT NULL) STRICT;

-- Sacred: what kith last wrote of a meeting into the conversation of the event ``meeting:KEY``, and what was asked.
CREATE TABLE meeting_conversations (
    key TEXT PRIMARY KEY, account TEXT NOT NULL, calendar TEXT NOT NULL, day TEXT NOT NULL, text TEXT NOT NULL,
    people TEXT NOT NULL, withdrawn INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE meeting_questions (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, person_id TEXT NOT NULL REFERENCES people (id), day TEXT NOT NULL,
    title TEXT NOT NULL, asked INTEGER NOT NULL, answer TEXT, UNIQUE (key, person_id)
) STRICT;
"""

_GIVING = """
-- News of the user's own to tell, from a day on; the audience is a list of labels, tags and circles, or empty.
CREATE TABLE news (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, text TEXT NOT NULL, since TEXT NOT NULL, until TEXT,
    audience TEXT NOT NULL, recorded_at TEXT NOT NULL, ended_on TEXT
) STRICT;
-- The user's word on who was told, beyond what conversations say; the last one counts.
CREATE TABLE news_rulings (
    news_id INTEGER NOT NULL REFERENCES news (id), person_id TEXT NOT NULL REFERENCES people (id),
    told INTEGER NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (news_id, person_id, at)
) STRICT;
-- Two people who are to meet, and what the user said became of it. Their events are known by "subject".
CREATE TABLE introductions (
    id INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE, one TEXT NOT NULL REFERENCES people (id),
    other TEXT NOT NULL REFERENCES people (id), why TEXT NOT NULL, recorded_at TEXT NOT NULL,
    introduced_on TEXT, met_on TEXT, dropped_on TEXT
) STRICT;
CREATE TABLE acquaintances (
    one TEXT NOT NULL REFERENCES people (id), other TEXT NOT NULL REFERENCES people (id), at TEXT NOT NULL,
    PRIMARY KEY (one, other)
) STRICT;
-- Whom the user would like to get to know, who could introduce them, and whom they became.
CREATE TABLE scouts (
    id INTEGER PRIMARY KEY, subject TEXT NOT NULL UNIQUE, text TEXT NOT NULL, via TEXT REFERENCES people (id),
    note TEXT NOT NULL, recorded_at TEXT NOT NULL, met_on TEXT, person_id TEXT REFERENCES people (id),
    dropped_on TEXT
) STRICT;
"""

_NOTICING = """
-- What the user said to suggestions about a cadence, the last answer to each kind.
CREATE TABLE advice (
    person_id TEXT NOT NULL REFERENCES people (id), kind TEXT NOT NULL, answer TEXT NOT NULL, said_on TEXT NOT NULL,
    PRIMARY KEY (person_id, kind)
) STRICT;
"""

MIGRATIONS = (
    Migration("0001 first", _FIRST),
    Migration("0002 cursors", _CURSORS),
    Migration("0003 looks", _LOOKS),
    Migration("0004 waits", _WAITS),
    Migration("0005 told", _TOLD),
    Migration("0007 people joined", _PEOPLE_JOINED),
    Migration("0008 imports", _IMPORTS),
    Migration("0009 kinds", _KINDS),
    Migration("0010 said", _SAID),
    Migration("0011 meetings", _MEETINGS),
    Migration("0012 giving", _GIVING),
    Migration("0013 lists", _LISTS),
    Migration("0014 noticing", _NOTICING),
)
_BACKUPS_KEPT = 5


def migrate(database: Database, now: datetime, migrations: tuple[Migration, ...] = MIGRATIONS) -> list[str]:
    """Bring the store up to date; the names of the steps that ran.

    Raises:
        StoreError: the store was written by a newer kith, or a step failed (and changed nothing).
    """
    done = _done(database)
    unknown = [name for name in done if name not in {migration.name for migration in migrations}]
    if unknown:
        raise StoreError(
            f"kith's store {database.path} was written by a newer kith (it has “{unknown[-1]}”)",
            hint="install the newer kith again; nothing was changed",
        )
    pending = [migration for migration in migrations if migration.name not in done]
    if pending and done:
        _keep_copy(database, now)
    for migration in pending:
        with database.transaction():
            if migration.name in _done(database):
                continue  # another process was faster
            database.script(migration.sql)
            database.execute("INSERT INTO migrations VALUES (?, ?)", (migration.name, now.isoformat()))
    return [migration.name for migration in pending]


def _done(database: Database) -> list[str]:
    if database.one("SELECT 1 FROM sqlite_master WHERE name = 'migrations'") is None:
        database.execute("CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, ran_at TEXT NOT NULL) STRICT")
    return [row["name"] for row in database.all("SELECT name FROM migrations ORDER BY name")]


def _keep_copy(database: Database, now: datetime) -> None:
    folder = database.path.parent / "backups"
    with store_errors(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        database.back_up_to(folder / f"before-upgrade-{now:%Y%m%dT%H%M%S}.sqlite3")
        for old in sorted(folder.glob("before-upgrade-*.sqlite3"))[:-_BACKUPS_KEPT]:
            old.unlink()
