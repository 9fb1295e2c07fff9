"""Declares what the tables of integrations hold about candidates."""

from django.db.models import Q

from warmbench.core import sql
from warmbench.insight.models import SourcePerson
from warmbench.integrations.ats.wanted import RANK
from warmbench.integrations.models import (
    AtsEvent,
    AtsWrite,
    Delivery,
    ModelReading,
    ProfileUpload,
    SchedulingEvent,
)
from warmbench.people import holdings
from warmbench.people.holdings import Holding, Merging, Row
from warmbench.people.models import CandidateRecord

#: Connections that are told something, now or later.
_TOLD = "('loading', 'live', 'paused')"
#: What an ATS calls these people, beside the name of its connection.
_THEIR_RECORDS = """
    SELECT c.id AS connection_id, r.external_id, r.id
      FROM candidate_record r
      JOIN truth_source t ON t.name = r.source
      JOIN ats_connection c ON c.truth_id = t.id
     WHERE r.candidate_id = ANY(%(ids)s::bigint[])
"""


def _events(candidate_id: int) -> list[Row]:
    records = CandidateRecord.objects.filter(candidate=candidate_id)
    theirs = Q(pk=None)
    for source, external_id in records.values_list("source", "external_id"):
        theirs |= Q(connection__truth__name=source, told__person_ids__contains=[external_id])
    return holdings.told(AtsEvent.objects.filter(theirs).order_by("pk"), EVENTS)


def _deliveries(candidate_id: int) -> list[Row]:
    found = Delivery.objects.filter(candidate_ids__contains=[candidate_id]).order_by("pk")
    return holdings.told(found, DELIVERIES)


def _told_of_bookings(candidate_id: int) -> list[Row]:
    """Calls that wait, in which an address of theirs stands, or that name a talk of theirs."""
    named = sql.run(_NAMED_IN_CALLS, {"id": candidate_id}).fetchall()
    events = SchedulingEvent.objects.filter(pk__in=[pk for (pk,) in named])
    return holdings.told(events.order_by("pk"), TOLD_OF_BOOKINGS)


def _uploads(candidate_id: int) -> list[Row]:
    """Files that wait, in which an address of theirs stands."""
    named = sql.run(_NAMED_IN_FILES, {"id": candidate_id}).fetchall()
    found = ProfileUpload.objects.filter(pk__in=[pk for (pk,) in named])
    return holdings.told(found.order_by("pk"), UPLOADS)


def _readings(candidate_id: int) -> list[Row]:
    """Texts about them that left the house."""
    theirs = SourcePerson.objects.filter(candidate=candidate_id).values("source_id")
    found = ModelReading.objects.filter(source_id__in=theirs, state=ModelReading.State.DONE)
    return holdings.told(found.order_by("pk"), READINGS)


_NAMED_IN_CALLS = """
SELECT e.id
  FROM scheduling_event e
 WHERE EXISTS (
           SELECT FROM booking b
            WHERE b.candidate_id = %(id)s AND e.talk_id = ANY(b.ids)
       )
    OR e.processed_at IS NULL AND EXISTS (
           SELECT FROM contact_point p
            WHERE p.candidate_id = %(id)s
              AND strpos(lower(encode(e.body, 'escape')), lower(p.address)) > 0
       )
"""
_NAMED_IN_FILES = """
SELECT u.id
  FROM profile_upload u
  JOIN contact_point p
    ON strpos(lower(encode(u.content, 'escape')), lower(p.address)) > 0
    OR strpos(lower(u.unmatched::text), lower(p.address)) > 0
 WHERE p.candidate_id = %(id)s
"""
DELIVERIES = Holding(
    label="integrations.Delivery",
    title="What other programs of ours were told about you",
    why="That something changed, by your number. Kept for 30 days, in case it got lost.",
    tell=_deliveries,
    silent=frozenset({"candidate_ids", "subscription", "tries", "due_at", "since", "about"}),
    forget=(
        """
        DELETE FROM delivery
         WHERE candidate_ids <@ %(ids)s::bigint[] AND candidate_ids && %(ids)s::bigint[]
        """,
        """
        UPDATE delivery d
           SET candidate_ids = ARRAY(
                   SELECT id FROM unnest(d.candidate_ids) AS i (id)
                    WHERE id <> ALL(%(ids)s::bigint[])
               )
         WHERE d.candidate_ids && %(ids)s::bigint[]
        """,
    ),
)
EVENTS = Holding(
    label="integrations.AtsEvent",
    title="What our applicant tracking system told us about you by itself",
    why="That something changed, until we have read what. Emptied then.",
    tell=_events,
    silent=frozenset({"connection", "event_id", "next_at", "tries"}),
    forget=(
        f"""
        DELETE FROM ats_event e
         USING ({_THEIR_RECORDS}) theirs
         WHERE e.connection_id = theirs.connection_id
           AND e.processed_at IS NULL
           AND e.told -> 'person_ids' ? theirs.external_id
        """,  # noqa: S608 - a piece of our own
    ),
)
BOOKINGS = Holding(
    label="integrations.Booking",
    title="Talks with us that you booked",
    why="To be there, and to write nothing else until then.",
    silent=frozenset({"account", "ids", "talk", "ended"}),
)
TOLD_OF_BOOKINGS = Holding(
    label="integrations.SchedulingEvent",
    title="What the system told us in which you book talks with us",
    why="That something changed, until we have read what. Emptied then.",
    tell=_told_of_bookings,
    silent=frozenset({"account", "event_id", "next_at", "tries"}),
    forget=(
        """
        DELETE FROM scheduling_event e
         USING booking b
         WHERE b.candidate_id = ANY(%(ids)s::bigint[])
           AND b.account_id = e.account_id
           AND e.talk_id = ANY(b.ids)
        """,
        """
        DELETE FROM scheduling_event e
         USING unnest(%(addresses)s::text[]) AS a (address)
         WHERE e.processed_at IS NULL
           AND a.address <> ''
           AND strpos(lower(encode(e.body, 'escape')), lower(a.address)) > 0
        """,
    ),
)
PROFILES = Holding(
    label="integrations.ProfileSnapshot",
    title="What profiles elsewhere said of your work",
    why="To notice when you have another job, and to write to you about nothing that is past.",
    silent=frozenset({"digest"}),
    merging=Merging(rank="{t}.taken_at"),
)
READINGS = Holding(
    label="integrations.ModelReading",
    title="Texts about you that a language model read for us, without your name",
    why="To find what we overlooked in them, and to know that it was asked once.",
    tell=_readings,
    silent=frozenset({"source_id", "version", "next_at", "tries", "known", "dropped", "problem"}),
    # Their texts are gone by now, but for those that are about others, too.
    forget=(
        """
        DELETE FROM model_reading m
         WHERE NOT EXISTS (SELECT FROM source s WHERE s.id = m.source_id)
        """,
    ),
)
#: Files in which somebody may stand, by their address.
_FILES = """
     WHERE EXISTS (
               SELECT FROM unnest(%(addresses)s::text[]) AS a (address)
                WHERE a.address <> ''
                  AND (strpos(lower(encode(u.content, 'escape')), lower(a.address)) > 0
                       OR strpos(lower(u.unmatched::text), lower(a.address)) > 0)
           )
"""
UPLOADS = Holding(
    label="integrations.ProfileUpload",
    title="Files of profiles in which you may stand",
    why="Until they were compared; what was nobody's is kept for seven days.",
    tell=_uploads,
    # Others stand in them as well.
    silent=frozenset({"content", "layout", "mapping", "counts", "changes", "unmatched", "by"}),
    forget=(
        f"DELETE FROM profile_upload u {_FILES} AND u.state <> 'done'",  # noqa: S608
        f"UPDATE profile_upload u SET unmatched = '[]' {_FILES}",  # noqa: S608
        # Also under the numbers that they had before their records became one.
        """
        WITH theirs AS (
            SELECT unnest(%(ids)s::bigint[]) AS id
            UNION ALL
            SELECT gone_id FROM candidate_merge
             WHERE kept_id = ANY(%(ids)s::bigint[]) AND undone_at IS NULL
        )
        UPDATE profile_upload u
           SET changes = (
                   SELECT coalesce(jsonb_agg(c), '[]')
                     FROM jsonb_path_query(u.changes, '$[*]') AS c
                    WHERE (c ->> 'candidate')::bigint NOT IN (SELECT id FROM theirs)
               )
         WHERE EXISTS (
                   SELECT FROM jsonb_path_query(u.changes, '$[*]') AS c
                    WHERE (c ->> 'candidate')::bigint IN (SELECT id FROM theirs)
               )
        """,
    ),
)
holdings.declare(
    PROFILES,
    UPLOADS,
    READINGS,
    BOOKINGS,
    TOLD_OF_BOOKINGS,
    DELIVERIES,
    Holding(
        label="integrations.CaughtMail",
        title="Mails that the demo caught",
        why="Nobody outside ever got them.",
        tell=holdings.by_address("integrations.CaughtMail", "rcpt_to"),
        forget=(
            """
            DELETE FROM caught_mail
             WHERE string_to_array(replace(lower(rcpt_to), ' ', ''), ',') && %(addresses)s::text[]
            """,
        ),
    ),
    EVENTS,
    Holding(
        label="integrations.AtsWrite",
        title="What our applicant tracking system was told about you",
        why="That you must not be written to, where you stand, and that we wrote or you answered,"
        " without a word of it. We keep the proof of it.",
        silent=frozenset({"connection", "record", "key", "rank", "next_at", "lease_until"}),
        merging=Merging(
            makes=(
                (
                    "integrations.AtsWrite",
                    # What was merged there is marked so in the same transaction: then there is
                    # nothing to tell when its turn comes.
                    f"""
                    INSERT INTO ats_write (
                               connection_id, kind, key, candidate_id, record_id, external_id,
                               detail, state, rank, tries, made_at, next_at, problem, request_id,
                               their_id
                           )
                    SELECT c.id, 'merge', 'merge:' || theirs.external_id, %(kept)s, r.id,
                           r.external_id, jsonb_build_object('other', theirs.external_id),
                           'waiting', {RANK[AtsWrite.Kind.MERGE]}, 0, %(now)s, %(now)s, '', '', ''
                      FROM candidate_record r
                      JOIN truth_source t ON t.name = r.source
                      JOIN ats_connection c ON c.truth_id = t.id
                      JOIN candidate_record theirs ON theirs.candidate_id = r.candidate_id
                                                  AND theirs.source = r.source
                                                  AND theirs.id < r.id
                                                  AND theirs.fate = ''
                     WHERE r.candidate_id = %(kept)s
                       AND r.fate = ''
                       AND c.state IN {_TOLD}
                        ON CONFLICT (connection_id, external_id, key) DO NOTHING
                    RETURNING id
                    """,  # noqa: S608
                ),
            ),
        ),
        forget=(
            # They are to be forgotten there as well, and whoever must not be mailed until then
            # must not be mailed: rows without a person, which go on when the person is gone.
            f"""
            INSERT INTO ats_write (
                       connection_id, kind, key, external_id, detail, state, rank, tries, made_at,
                       next_at, problem, request_id, their_id
                   )
            SELECT theirs.connection_id, 'erasure', 'erasure', theirs.external_id, '{{}}',
                   'waiting', {RANK[AtsWrite.Kind.ERASURE]}, 0, now(), now(), '', '', ''
              FROM ({_THEIR_RECORDS}) theirs
              JOIN ats_connection c ON c.id = theirs.connection_id
              JOIN candidate_record r ON r.id = theirs.id
             WHERE c.state IN {_TOLD}
               AND r.fate = ''
                ON CONFLICT (connection_id, external_id, key) DO NOTHING
            """,  # noqa: S608
            """
            UPDATE ats_write SET candidate_id = NULL, record_id = NULL
             WHERE candidate_id = ANY(%(ids)s::bigint[])
               AND kind = 'opt_out'
               AND starts_with(key, 'opt_out:')
               AND state IN ('waiting', 'sending', 'unclear', 'stuck')
            """,
            "DELETE FROM ats_write WHERE candidate_id = ANY(%(ids)s::bigint[])",
        ),
    ),
    Holding(
        label="integrations.AtsRejection",
        title="Records of our applicant tracking system that could not be taken in",
        why="Kept until somebody has mended them.",
        tell=lambda _: [],
        forget=(
            f"""
            DELETE FROM ats_rejection j
             USING ({_THEIR_RECORDS}) theirs
             WHERE j.connection_id = theirs.connection_id
               AND j.kind = 'candidates'
               AND j.external_id = theirs.external_id
            """,  # noqa: S608
        ),
    ),
)
holdings.declare_empty(
    {
        "integrations.AtsConnection": "How we reach an applicant tracking system.",
        "integrations.AtsStream": "How far it was read.",
        "integrations.ModelCall": "What questions to a language model cost.",
        "integrations.ModelProvider": "How we reach a language model.",
        "integrations.SchedulingAccount": "How we reach the calendars of recruiters.",
        "integrations.Subscription": "Addresses of programs.",
    }
)
