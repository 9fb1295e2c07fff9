"""Something was said: it is read, and acts."""

from warmbench.core import clock
from warmbench.core.events import on
from warmbench.insight import dated, heard, profile, recording, settling
from warmbench.insight.deciding import InsightsDecided
from warmbench.insight.recording import InsightsRecorded, SourceKept
from warmbench.integrations.language_models import queue
from warmbench.messaging.threads import MailPlaced
from warmbench.people.candidates import ConversationRecorded, ConversationTakenBack
from warmbench.people.merging import CandidatesMerged, CandidatesParted


@on(MailPlaced)
def keep_what_people_write_to_us(event: MailPlaced) -> None:
    heard.keep_mail(event.mail_id, now=clock.now())


@on(ConversationRecorded)
def keep_what_was_noted_of_a_talk(event: ConversationRecorded) -> None:
    heard.keep_talk(event.candidate_id, by_id=event.by_id, now=clock.now())


@on(ConversationTakenBack)
def drop_what_was_noted_of_no_talk(event: ConversationTakenBack) -> None:
    heard.drop_talk(event.candidate_id, on=event.on, mark=event.mark, now=clock.now())


@on(SourceKept)
def read_what_was_kept(event: SourceKept) -> None:
    recording.read(event.source_id, now=clock.now())


@on(SourceKept)
def have_the_language_model_read_it_too(event: SourceKept) -> None:
    queue.wish(event.source_id, now=clock.now())


@on(InsightsRecorded)
def let_profiles_follow_what_was_said(event: InsightsRecorded) -> None:
    profile.follow(event.candidate_ids, now=clock.now())


@on(InsightsRecorded)
def remind_recruiters_of_days_that_were_named(event: InsightsRecorded) -> None:
    dated.follow(event.candidate_ids, now=clock.now())


@on(InsightsDecided)
def let_profiles_follow_what_people_decided(event: InsightsDecided) -> None:
    profile.follow(event.candidate_ids, now=clock.now())


@on(InsightsDecided)
def remind_recruiters_of_days_that_were_put_right(event: InsightsDecided) -> None:
    dated.follow(event.candidate_ids, now=clock.now())


@on(CandidatesMerged)
def settle_what_is_known_of_both_records_of_somebody(event: CandidatesMerged) -> None:
    now = clock.now()
    settling.settle([event.kept_id], now=now)
    profile.follow([event.kept_id], now=now)
    dated.follow([event.kept_id], now=now)


@on(CandidatesParted)
def settle_what_is_known_of_each_of_two_people(event: CandidatesParted) -> None:
    now, both = clock.now(), [event.kept_id, event.returned_id]
    settling.part(both)
    settling.settle(both, now=now)
    profile.follow(both, now=now)
    dated.follow(both, now=now)
