"""Takes texts that come in: keeps each once, acts on it in one commit, says what to answer."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from warmbench.accounts.models import Organisation
from warmbench.core import languages
from warmbench.core.deadlocks import gives_way
from warmbench.messaging import standing, threads
from warmbench.messaging.inbound import arrivals, matching, words
from warmbench.messaging.inbound.matching import Found
from warmbench.messaging.inbound.optouts import Keyword, OptOut, Tier
from warmbench.messaging.models import InboundMail, Sender
from warmbench.people import consent, facts
from warmbench.people.consent import Proof
from warmbench.people.models import Candidate, CandidateFact, Channel, Consent
from warmbench.signals import answers

#: More than any provider lets somebody write.
LONGEST = 2000

_OTHERWISE = "They want texts again, but had stopped them in another way, too: that stays."


@dataclass(frozen=True, slots=True)
class Text:
    """A text that came in."""

    #: What the provider calls it.
    sid: str
    #: Whom it comes from (E.164).
    number: str
    words: str
    #: All that the provider told, as it came.
    form: bytes
    #: What the provider took it for, and has answered itself.
    answered: Keyword | None = None


@gives_way
@transaction.atomic
def take(text: Text, sender: Sender, *, now: datetime) -> str:
    """Keep a text that came in to one of our numbers, and do what it asks for, in one commit.

    Returns what to answer at once, blank for nothing. Told again, it changes nothing, and
    nothing is answered: a stop is confirmed once (rules.md C3).
    """
    kept = arrivals.keep_text(
        text.form, sender_id=sender.pk, sid=text.sid, number=text.number, now=now
    )
    if kept is None:
        return ""
    mail = InboundMail.objects.get(pk=kept)
    found = matching.by_number(mail.sender, now=now)
    mail.candidate_id, mail.message = found.candidate_id, found.message
    mail.match = found.match or ""
    read = words.judge(text.words[:LONGEST], channel="sms", today=now.date())
    if text.answered is Keyword.STOP:
        stop = OptOut(Tier.STOP, ("told by the provider",), Keyword.STOP)
        read = words.Words(None, read.new_text, stop, read.intent)
    keyword = text.answered or read.opt_out.keyword
    answer = _act(mail, read, keyword, found, sender, now=now)
    mail.save(
        update_fields=[
            "candidate", "message", "match", "state", "problem", "kind", "rules", "new_text",
            "intent", "confidence", "until",
        ]
    )  # fmt: skip
    threads.place(mail)
    return "" if text.answered else answer


def _act(
    mail: InboundMail,
    read: words.Words,
    keyword: Keyword | None,
    found: Found,
    sender: Sender,
    *,
    now: datetime,
) -> str:
    if keyword is Keyword.HELP:
        mail.kind, mail.new_text = InboundMail.Kind.REPLY, read.new_text
        mail.intent, mail.rules = InboundMail.Intent.QUESTION, ["keyword:help"]
        return _help(sender, found)
    if keyword is Keyword.START and _begin_again(mail, read.new_text, found, now=now):
        return _again(sender, found) if mail.state == InboundMail.State.DONE else ""
    # Before it is acted on: who had stopped already is not told again.
    is_new = not _have_all_stopped(found, now=now)
    answers.written(mail, read, found, now=now)
    if keyword is Keyword.START and found.candidate_ids and not is_new:
        mail.state, mail.problem = InboundMail.State.OPEN, _OTHERWISE
    if read.opt_out.tier is not Tier.STOP:
        return ""
    if not found.candidate_ids:
        is_new = consent.suppress_number(
            mail.sender, evidence=f"{consent.BY_TEXT} {mail.pk}", now=now
        )
    return _stopped(sender, found) if is_new else ""


def _begin_again(mail: InboundMail, said: str, found: Found, *, now: datetime) -> bool:
    """Let texts go again to whoever had stopped them by a text. Returns whether anybody had."""
    evidence = f"{consent.BY_TEXT} {mail.pk}, “{said.strip()[:80]}”"
    proof = Proof(source="candidate", how=Consent.How.MESSAGE, inbound_id=mail.pk)
    begun = [
        consent.begin_texts_again(
            candidate_id, number=mail.sender, evidence=evidence, proof=proof, now=now
        )
        for candidate_id in found.candidate_ids
    ]
    if not any(begun):
        return False
    mail.kind, mail.new_text = InboundMail.Kind.REPLY, said
    mail.intent, mail.rules = InboundMail.Intent.INTERESTED, ["keyword:start"]
    if _have_all_stopped(found, now=now):
        mail.state, mail.problem = InboundMail.State.OPEN, _OTHERWISE
    return True


def _have_all_stopped(found: Found, *, now: datetime) -> bool:
    people = standing.of(found.candidate_ids, now=now, channel=Channel.SMS, counting_queued=False)
    return bool(people) and all(person.suppressed for person in people.values())


def _stopped(sender: Sender, found: Found) -> str:
    with languages.spoken(_language(found)):
        return _(
            "%(brand)s: You will not hear from us again. Reply START if you want texts again."
        ) % {"brand": sender.brand}


def _again(sender: Sender, found: Found) -> str:
    with languages.spoken(_language(found)):
        return _(
            "%(brand)s: You may get texts from us again. Reply STOP to opt out, HELP for help."
        ) % {"brand": sender.brand}


def _help(sender: Sender, found: Found) -> str:
    organisation = Organisation.objects.get()
    with languages.spoken(_language(found)):
        return _(
            "%(brand)s: Texts about work in your field, from %(organisation)s, %(address)s. A few"
            " a month at most; your network may charge for them. Reply STOP to opt out."
        ) % {
            "brand": sender.brand,
            "organisation": organisation.name,
            "address": ", ".join(organisation.postal_address.split("\n")),
        }


def _language(found: Found) -> str:
    """The language of whoever wrote: told, else that of the country."""
    person = Candidate.objects.filter(pk__in=found.candidate_ids).order_by("pk").first()
    if person is None:
        return languages.FALLBACK
    told = facts.current(person.pk, [CandidateFact.Kind.LANGUAGE]).get(("language", ""))
    said = str(told.value or "") if told else ""
    return said if languages.is_spoken(said) else languages.of_country(person.country)
