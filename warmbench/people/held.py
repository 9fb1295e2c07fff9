"""Declares what the tables of people, accounts and core hold about candidates."""

from collections.abc import Iterator

from django.db.models import Q

from warmbench.accounts.models import User
from warmbench.accounts.notifications import WHO
from warmbench.core.models import AuditEntry
from warmbench.people import holdings, import_files
from warmbench.people.holdings import Holding, Merging, Row
from warmbench.people.models import BulkTagging, ContactPoint, DuplicatePair, Suppression
from warmbench.people.traces import Traces

#: Nothing to do to the rows of a table by themselves.
NO_ROWS = "SELECT WHERE false"


def _suppressions(candidate_id: int) -> list[Row]:
    points = ContactPoint.objects.filter(candidate=candidate_id)
    hers = Q(candidate=candidate_id) | Q(address__in=points.values("address"))
    found = Suppression.objects.filter(hers).order_by("pk")
    return holdings.told(found, SUPPRESSIONS)


def _bulk_taggings(candidate_id: int) -> list[Row]:
    found = BulkTagging.objects.filter(candidate_ids__contains=[candidate_id]).order_by("pk")
    return holdings.told(found, BULK_TAGGINGS)


def _pairs(candidate_id: int) -> list[Row]:
    hers = Q(low=candidate_id) | Q(high=candidate_id)
    return holdings.told(DuplicatePair.objects.filter(hers).order_by("pk"), DUPLICATE_PAIRS)


def _trail(candidate_id: int) -> Iterator[Row]:
    names = dict(User.objects.values_list("pk", "name"))
    entries = AuditEntry.objects.filter(subject__in=holdings.subjects(candidate_id))
    for one in entries.order_by("pk"):
        yield {
            "at": one.at.isoformat(),
            "by": names.get(one.actor_id or 0, "Warmbench itself"),
            "what": one.action,
            "about": one.subject,
            "detail": one.detail,
        }


def _rejected(candidate_id: int) -> Iterator[Row]:
    for row, source in import_files.rejected(Traces.of([candidate_id])):
        yield {"source": source, "line": row.line, "why": row.reason, "cells": row.cells}


SUPPRESSIONS = Holding(
    label="people.Suppression",
    title="Stops",
    why="Why you, or one of your addresses, must not be written to. We keep it to obey it.",
    tell=_suppressions,
    forget=(
        # A stop for an address that somebody else has as well is theirs, too.
        """
        DELETE FROM suppression s
         WHERE s.candidate_id = ANY(%(ids)s::bigint[])
            OR s.candidate_id IS NULL
               AND s.address = ANY(%(addresses)s::text[])
               AND NOT EXISTS (
                       SELECT FROM contact_point p
                        WHERE p.address = s.address AND p.candidate_id <> ALL(%(ids)s::bigint[])
                   )
        """,
        """
        UPDATE suppression s SET address = ''
         WHERE s.address = ANY(%(addresses)s::text[])
           AND s.candidate_id IS NOT NULL
           AND NOT EXISTS (
                   SELECT FROM contact_point p
                    WHERE p.address = s.address AND p.candidate_id = s.candidate_id
               )
        """,
    ),
    audited_as="suppression",
)
BULK_TAGGINGS = Holding(
    label="people.BulkTagging",
    title="Tags put on many people at once",
    why="Kept so that a mistake can be undone.",
    tell=_bulk_taggings,
    silent=frozenset({"candidate_ids"}),
    forget=(
        """
        UPDATE bulk_tagging b
           SET candidate_ids = ARRAY(
                   SELECT id FROM unnest(b.candidate_ids) AS i (id)
                    WHERE id <> ALL(%(ids)s::bigint[])
               )
         WHERE b.candidate_ids && %(ids)s::bigint[]
        """,
    ),
)

holdings.declare(
    Holding(
        label="people.Candidate",
        title="Who you are to us",
        why="Your name, work and place, as we know them, from the source that is named.",
        silent=frozenset({"standing_version"}),
        audited_as="candidate",
    ),
    Holding(
        label="people.ContactPoint",
        title="Addresses and numbers",
        why="How we can reach you, and where we had each from.",
        merging=Merging(
            # Behind the kept record's own.
            first=(
                (
                    "people.ContactPoint",
                    "t.candidate_id = %(gone)s",
                    """
                    position = t.position + 1 + (
                        SELECT coalesce(max(p.position), 0) FROM contact_point p
                         WHERE p.candidate_id = %(kept)s AND p.channel = t.channel
                    )
                    """,
                ),
            ),
            staying="""
                standing = CASE WHEN 'dead' IN (t.standing, o.standing) THEN 'dead'
                                WHEN 'reachable' IN (t.standing, o.standing) THEN 'reachable'
                                ELSE t.standing END
            """,
        ),
    ),
    Holding(
        label="people.Consent",
        title="Permission",
        why="On what ground we write to you, with the evidence. We have to be able to show it.",
    ),
    SUPPRESSIONS,
    Holding(
        label="people.Notice",
        title="Notices",
        why="That you were told that we hold your data, and from whom we have it.",
    ),
    Holding(
        label="people.CandidateFact",
        title="What was said about you",
        why="Each with whose word it is. What you said yourself goes before all else.",
    ),
    Holding(
        label="people.CandidateTag",
        title="Tags",
        why="Your field, level, place and skills: what we choose content and roles by. Each has"
        " its source, and how sure that is.",
        merging=Merging(
            # One field is the first.
            first=(
                (
                    "people.CandidateTag",
                    """
                    t.candidate_id = %(gone)s AND t.is_primary AND EXISTS (
                        SELECT FROM candidate_tag k WHERE k.candidate_id = %(kept)s AND k.is_primary
                    )
                    """,
                    "is_primary = false",
                ),
            ),
            staying="""
                is_primary = t.is_primary OR o.is_primary,
                expires_at = CASE WHEN t.expires_at IS NOT NULL AND o.expires_at IS NOT NULL
                             THEN greatest(t.expires_at, o.expires_at) END
            """,
        ),
    ),
    Holding(
        label="people.CandidateFacet",
        title="Tags, for searching",
        why="The same tags once more, as numbers.",
        merging=Merging(is_derived=True),
    ),
    Holding(
        label="people.CandidateWords",
        title="Words, for searching",
        why="The words of your record once more, so that it can be found by them.",
        merging=Merging(is_derived=True),
        forget=(
            # All words that stand about nobody else: a rare name says who was here.
            """
            DELETE FROM search_word k
             USING (SELECT DISTINCT substr(lexeme, 2) AS word
                      FROM candidate_words w, unnest(w.words)
                     WHERE w.candidate_id = ANY(%(ids)s::bigint[]) AND lexeme NOT LIKE 's%%') hers
             WHERE k.word = hers.word COLLATE "C"
               AND NOT EXISTS (
                       SELECT FROM candidate_words o
                        WHERE o.words @@ any_of_word(hers.word)
                          AND o.candidate_id <> ALL(%(ids)s::bigint[])
                   )
               AND NOT EXISTS (
                       SELECT FROM tag_alias a
                        WHERE string_to_array(a.key, ' ') @> ARRAY[hers.word]
                   )
            """,
            "DELETE FROM candidate_words WHERE candidate_id = ANY(%(ids)s::bigint[])",
        ),
    ),
    Holding(
        label="people.CandidateUnmatchedSkill",
        title="Skills that we do not know yet",
        why="Words from your record that wait for somebody to say what they mean.",
        explain=lambda rows: [{"skill": row.skill.text} for row in rows],
        forget=(
            """
            DELETE FROM candidate_unmatched_skill WHERE candidate_id = ANY(%(ids)s::bigint[])
            """,
            # Nobody else wrote it and nobody has decided: it may be a word about this person.
            """
            DELETE FROM unmatched_skill s
             WHERE s.decision = ''
               AND NOT EXISTS (SELECT FROM candidate_unmatched_skill c WHERE c.skill_id = s.id)
            """,
        ),
    ),
    BULK_TAGGINGS,
    Holding(
        label="people.RightsRequest",
        title="What you asked about your data",
        why="And what came of it. That we answered in time is for us to show.",
        merging=Merging(
            rank="-extract(epoch FROM {t}.deadline)",
            staying="words = concat_ws(E'\\n\\n', nullif(t.words, ''), nullif(o.words, ''))",
            leaving="""
                state = 'done', done_at = %(now)s,
                answer = 'Asked twice, and answered once: see the other request for the same.'
            """,
        ),
        # Not deleted: it says that somebody was erased in time, and no longer who.
        forget=(
            """
            UPDATE rights_request
               SET candidate_id = NULL, words = '', channel = '',
                   answer = CASE answer WHEN 'Erased.' THEN answer ELSE '' END
             WHERE candidate_id = ANY(%(ids)s::bigint[])
            """,
        ),
        audited_as="rights_request",
    ),
    Holding(
        label="people.ReservationRequest",
        title="Who of us asked to be the one to approach you",
        why="So that only one of us does. Kept as long as the rest of your record.",
        silent=frozenset({"by", "of", "answered_by", "lapses_at"}),
        merging=Merging(
            rank="-extract(epoch FROM {t}.at)",
            leaving="state = 'withdrawn', answered_at = %(now)s",
        ),
    ),
    Holding(
        label="people.OffLimitsException",
        title="That you may hear from us although people of your employer do not",
        why="Agreed for you alone, for the reason that is named.",
        silent=frozenset({"of", "by"}),
        # It was agreed for one who worked there, and looked like somebody else.
        merging=Merging(stays_behind=True),
    ),
    Holding(
        label="accounts.Notification",
        title="What the people who work with you were told about you",
        why="So that somebody answers you in time. Kept for 90 days.",
        explain=lambda rows: [{"title": row.title.replace(WHO, "you")} for row in rows],
        silent=frozenset({"mail_due_at", "mailed_at", "mail", "tries"}),
    ),
    Holding(
        label="accounts.WebhookCall",
        title="What a chat channel of the people who work with you was told about you",
        why="The same as above, in the way that they chose. Kept for 90 days.",
        explain=lambda rows: [{"title": row.title.replace(WHO, "you")} for row in rows],
        silent=frozenset({"tries", "times", "due_at"}),
    ),
    Holding(
        label="accounts.ApiAnswer",
        title="What another program of ours was answered about you",
        why="For a day, so that nothing is done twice that it asks for twice.",
        silent=frozenset({"asked", "name", "api_key"}),
    ),
    Holding(
        label="people.ImportRejection",
        title="Rows of imported files that could not be used",
        why="Kept for a while, so that somebody can mend them.",
        tell=_rejected,
        # ``import_files`` finds them by what stands in them.
        forget=(NO_ROWS,),
    ),
    Holding(
        label="core.AuditEntry",
        title="Who did what with your data",
        why="And who looked at it. Nobody can change this record.",
        tell=_trail,
        # The rows stay, emptied: see ``audited_as``.
        forget=(NO_ROWS,),
    ),
)
DUPLICATE_PAIRS = Holding(
    label="people.DuplicatePair",
    title="Records that may be of you as well",
    why="So that you do not hear from us twice.",
    tell=_pairs,
    silent=frozenset({"low", "high"}),
    forget=(
        """
        DELETE FROM duplicate_pair
         WHERE low_id = ANY(%(ids)s::bigint[]) OR high_id = ANY(%(ids)s::bigint[])
        """,
    ),
)
holdings.declare(
    DUPLICATE_PAIRS,
    Holding(
        label="people.CandidateRecord",
        title="Records of you in the systems of the people who work with you",
        why="What each calls you, and what it said of you last: so that both say the same.",
        silent=frozenset({"digest"}),
    ),
    Holding(
        label="people.Conflict",
        title="Where such a system and we say different things of you",
        why="Kept so that somebody can settle which is right.",
        silent=frozenset({"record", "settled_by_id"}),
    ),
    Holding(
        label="people.CandidateMerge",
        title="Records of you that were put together",
        why="Kept so that a mistake can be undone, and so that your old links go on working.",
        silent=frozenset({"rows"}),
        audited_as="candidate",
        audited_by="CASE WHEN t.undone_at IS NULL THEN t.gone_id END",
    ),
)
holdings.declare_empty(
    {
        "accounts.Absence": "When people who work here are away.",
        "accounts.NotificationChoice": "How people who work here want to be told.",
        "accounts.NotificationTimes": "When people who work here want to be left alone.",
        "accounts.StaffMail": "That a user was mailed, and what the mail server said. What about"
        " stands in Notification, which goes.",
        "accounts.Webhook": "Addresses of chat channels.",
        "accounts.ApiKey": "Keys of other programs.",
        "accounts.SavedView": "What people who work here ask of their lists again and again.",
        "accounts.DefaultView": "With which list a user begins.",
        "people.SuppressionHash": "Keyed hashes; the key is not in the database.",
        "people.TruthSource": "Names of systems, and when they were heard from.",
        "people.BalancingTest": "Our reasons, about nobody in particular.",
        "people.OffLimits": "Employers, and the clients that they are kept apart from.",
        "people.Specialism": "What people who work here look after.",
        "people.Tag": "A word that describes many people.",
        "people.TagAlias": "Spellings of tags.",
        "people.UnmatchedSkill": "Who wrote it stands in CandidateUnmatchedSkill, which goes; what"
        " nobody else wrote goes with it.",
        "people.SearchWord": "Words, about nobody in particular; one that stood about one person"
        " alone goes with them.",
        "people.CandidateImport": "The example rows in its layout are taken out with the file.",
        "people.ImportMapping": "Names of columns.",
        "accounts.Organisation": "The organisation itself.",
        "accounts.Team": "Names of teams.",
        "accounts.User": "People who work here.",
        "core.VirtualClock": "The demo's clock.",
        "core.Epoch": "Numbers.",
        "core.CacheEntry": "Counts of sign-ins, by the addresses that they come from.",
        "core.RateCount": "Hashed network prefixes, for a day.",
        "account.EmailAddress": "People who work here.",
        "account.EmailConfirmation": "People who work here.",
        "auth.Group": "Not used.",
        "auth.Permission": "Names of permissions.",
        "contenttypes.ContentType": "Names of tables.",
        "sessions.Session": "Sessions of people who work here.",
        "procrastinate.ProcrastinateJob": "Arguments are ids, never data.",
        "procrastinate.ProcrastinateEvent": "When jobs began and ended.",
        "procrastinate.ProcrastinatePeriodicDefer": "When the calendar asked.",
        "procrastinate.ProcrastinateWorker": "When workers were alive.",
    }
)
