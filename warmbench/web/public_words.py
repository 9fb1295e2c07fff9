"""What our own terms are called on pages for candidates: addressed to them, in their language."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from babel.lists import format_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from warmbench.core import languages
from warmbench.messaging.models import Message
from warmbench.messaging.verdict import Reason
from warmbench.people import pay
from warmbench.people.models import Candidate, CandidateFact, Consent, Suppression, Tag
from warmbench.people.tag_words import BY_CANDIDATE, BY_HAND, FROM_TITLE, INFERRED
from warmbench.signals.models import Signal

Words = Mapping[str, Any]


def _words(words: dict[Any, Any]) -> Words:
    return MappingProxyType({str(code): said for code, said in words.items()})


#: Why something was not sent, or not yet. Each reason of the last gate and what ends a queue.
WHY_NOT: Words = _words(
    {
        Reason.SUPPRESSED: gettext_lazy("Messages to you are stopped."),
        Reason.UNSUBSCRIBED: gettext_lazy("You unsubscribed."),
        Reason.COMPLAINED: gettext_lazy("You marked a message of ours as spam."),
        Reason.DO_NOT_CONTACT: gettext_lazy("You do not want to be contacted."),
        Reason.PLACED: gettext_lazy("You had found a place through us."),
        Reason.HIRED: gettext_lazy("You had found a place elsewhere."),
        Reason.APPLIED: gettext_lazy("You had applied: then people speak to you."),
        Reason.CONSENT_WITHDRAWN: gettext_lazy("You withdrew your permission."),
        Reason.NOTICE_OVERDUE: gettext_lazy(
            "Nobody had told you in time that we hold your data, so we may not use it."
        ),
        Reason.NO_CONSENT: gettext_lazy("We have no permission to write to you."),
        Reason.CONSENT_FIRST: gettext_lazy(
            "Where you live, you have to agree before you hear from us."
        ),
        Reason.CONSENT_EXPIRED: gettext_lazy("Your permission had expired."),
        Reason.IMPLIED_EXPIRED: gettext_lazy(
            "What let us write to you is too old by the law where you live."
        ),
        Reason.NO_ADDRESS: gettext_lazy("We have no address of yours that works."),
        Reason.SAME_READER: gettext_lazy("We write to this address under another record."),
        Reason.OWNER_INACTIVE: gettext_lazy("Your recruiter no longer works here."),
        Reason.OWNER_CHANGED: gettext_lazy("Somebody else looks after you now."),
        Reason.EXPIRED: gettext_lazy("It would have come too late."),
        Reason.ROLE_ENDED: gettext_lazy("We had stopped telling people of the role."),
        Reason.ROLE_ON_HOLD: gettext_lazy("We had paused telling people of the role."),
        Reason.PAUSED: gettext_lazy("It was the time of your pause."),
        Reason.STOPPED: gettext_lazy("We had stopped all sending."),
        Reason.STALE_TRUTH: gettext_lazy(
            "We had to find out first whether anything had changed for you."
        ),
        Reason.NO_SENDER: gettext_lazy("There was no mailbox to send it from."),
        Reason.SENDER_PAUSED: gettext_lazy("The mailbox it would have come from was paused."),
        Reason.SENDER_CAP: gettext_lazy("The mailbox had sent its share for the day."),
        Reason.BUDGET: gettext_lazy("You had heard from us shortly before."),
        Reason.ALERT_GAP: gettext_lazy("You had heard of a role shortly before."),
        Reason.ALERT_FIRST: gettext_lazy("You were to hear of a role first."),
        Reason.RHYTHM: gettext_lazy("You asked to hear from us less often."),
        Reason.WINDOW: gettext_lazy("It was outside working hours, or a holiday, where you live."),
        Reason.QUIET_HOURS: gettext_lazy("The law keeps these hours free of messages."),
        Reason.NOT_REGISTERED: gettext_lazy("We may not send texts to where you live yet."),
        Reason.ZONE_UNKNOWN: gettext_lazy("We did not know what time it was where you live."),
        Reason.NO_CONTENT: gettext_lazy("There was nothing that fits you and that was new."),
        Reason.MISSING_FIELD: gettext_lazy("We did not know something that it would have said."),
        Reason.OUTRANKED: gettext_lazy("Something more important was to reach you first."),
        Reason.UNCLEAR_RULE: gettext_lazy("We had to look into it ourselves first."),
        Reason.PERSONALISE: gettext_lazy("Your recruiter looks at it before it goes."),
        Reason.SKIPPED: gettext_lazy("Your recruiter decided not to send it."),
        Reason.NOT_LOOKED_AT: gettext_lazy("Your recruiter had not looked at it in time."),
        Reason.RESERVED: gettext_lazy("A colleague was speaking with you at the time."),
        Reason.OFF_LIMITS: gettext_lazy("We do not approach people of your employer."),
        Reason.CLIENT_CONFLICT: gettext_lazy(
            "We do not tell people of your employer about this company."
        ),
        Reason.TAKEN_BACK: gettext_lazy("Whoever wrote it took it back before it went."),
        Reason.MERGED: gettext_lazy("You had it already, or were to have it anyway."),
        Suppression.Reason.IMPORTED: gettext_lazy("You had opted out before we had your data."),
        Suppression.Reason.MANUAL: gettext_lazy("A recruiter stopped messages to you."),
        Suppression.Reason.OBJECTED: gettext_lazy("You objected to our using your data."),
        Suppression.Reason.ERASED: gettext_lazy("Somebody with the same address was erased."),
        Suppression.Reason.ADDRESS_DEAD: gettext_lazy("The address did not work any more."),
        "held": gettext_lazy("A recruiter holds it back for now."),
        "exit_step": gettext_lazy("The series of messages had come to its end for you."),
        "exit_rule": gettext_lazy("The series of messages had come to its end for you."),
        "interest_withdrawn": gettext_lazy("The series of messages had come to its end for you."),
        "sequence_archived": gettext_lazy("The series of messages had come to its end for you."),
        "left_pool": gettext_lazy("You were no longer among those whom it was for."),
        "pool_moved": gettext_lazy("Those whom it was for get other messages now."),
        "taken_off": gettext_lazy("You were no longer among those whom it was for."),
    }
)
STATES: Words = _words(
    {
        Message.State.QUEUED: gettext_lazy("waiting"),
        Message.State.SENDING: gettext_lazy("on its way"),
        Message.State.SENT: gettext_lazy("sent"),
        Message.State.FAILED: gettext_lazy("could not be delivered"),
        Message.State.UNKNOWN: gettext_lazy("unknown whether it arrived"),
        Message.State.REFUSED: gettext_lazy("not sent"),
        Message.State.CANCELLED: gettext_lazy("taken back"),
    }
)
#: What a message is called that never got a subject.
PURPOSES: Words = _words(
    {
        Message.Purpose.WELCOME: gettext_lazy("A welcome"),
        Message.Purpose.CONTENT: gettext_lazy("Something to read"),
        Message.Purpose.CHECK_IN: gettext_lazy("A personal question"),
        Message.Purpose.PREFERENCE: gettext_lazy("The question whether all still fits"),
        Message.Purpose.ALERT: gettext_lazy("A role that may fit you"),
        Message.Purpose.PERSONAL: gettext_lazy("A personal message"),
        Message.Purpose.NOTICE: gettext_lazy("A notice"),
    }
)
WHAT_FOR: Words = _words(
    {
        Message.Purpose.WELCOME: gettext_lazy("You were new here: it says what to expect."),
        Message.Purpose.CONTENT: gettext_lazy("Something to read that may be of use to you."),
        Message.Purpose.CHECK_IN: gettext_lazy("Your recruiter asks how things are with you."),
        Message.Purpose.PREFERENCE: gettext_lazy("Twice a year we ask whether all still fits."),
        Message.Purpose.ALERT: gettext_lazy("A role asks for skills that you have."),
        Message.Purpose.PERSONAL: gettext_lazy("Your recruiter wrote it to you alone."),
        Message.Purpose.NOTICE: gettext_lazy("The law wants you to know it."),
    }
)
STATUSES: Words = _words(
    {
        Candidate.Status.PASSIVE: gettext_lazy("happy where you are"),
        Candidate.Status.OPEN: gettext_lazy("open to the right offer"),
        Candidate.Status.SEARCHING: gettext_lazy("looking for something new"),
        Candidate.Status.APPLIED: gettext_lazy("in an application"),
        Candidate.Status.PLACED: gettext_lazy("placed by us"),
        Candidate.Status.HIRED: gettext_lazy("in a new job"),
        Candidate.Status.DO_NOT_CONTACT: gettext_lazy("not to be contacted"),
    }
)
STAGES: Words = _words(
    {
        Candidate.Stage.SCREENED: gettext_lazy("a first conversation"),
        Candidate.Stage.INTERVIEWED: gettext_lazy("an interview"),
        Candidate.Stage.FINAL: gettext_lazy("the final round"),
        Candidate.Stage.OFFER: gettext_lazy("an offer"),
    }
)
GROUNDS: Words = _words(
    {
        Consent.Basis.CONSENT: gettext_lazy("You agreed"),
        Consent.Basis.RELATIONSHIP: gettext_lazy("We have worked together"),
        Consent.Basis.INQUIRY: gettext_lazy("You wrote to us"),
        Consent.Basis.LEGITIMATE_INTEREST: gettext_lazy("Our legitimate interest"),
        Consent.Basis.WITHDRAWN: gettext_lazy("You withdrew it"),
    }
)
KINDS_OF_TAG: Words = _words(
    {
        Tag.Kind.CATEGORY: gettext_lazy("Area"),
        Tag.Kind.SPECIALTY: gettext_lazy("Field"),
        Tag.Kind.ROLE_FAMILY: gettext_lazy("Kind of work"),
        Tag.Kind.ROLE: gettext_lazy("Role"),
        Tag.Kind.SKILL: gettext_lazy("Skills"),
        Tag.Kind.SENIORITY: gettext_lazy("Level"),
        Tag.Kind.GEOGRAPHY: gettext_lazy("Place"),
    }
)
SIGNALS: Words = _words(
    {
        Signal.Kind.CLICKED: gettext_lazy("You followed a link"),
        Signal.Kind.REPLIED: gettext_lazy("You answered"),
        Signal.Kind.PREFERENCES_UPDATED: gettext_lazy("You told us your preferences"),
        Signal.Kind.UNSUBSCRIBED: gettext_lazy("You unsubscribed"),
        Signal.Kind.ADDRESS_DEAD: gettext_lazy("An address of yours stopped working"),
        Signal.Kind.COMPLAINED: gettext_lazy("You marked a message of ours as spam"),
        Signal.Kind.MOVED: gettext_lazy("You seem to have moved on"),
        Signal.Kind.NOT_FOR_ME: gettext_lazy("You said what does not fit"),
        Signal.Kind.OPENED: gettext_lazy("You opened a message"),
        Signal.Kind.ABSENT: gettext_lazy("An automatic answer said that you are away"),
        Signal.Kind.WENT_QUIET: gettext_lazy("We had not heard from you for a while"),
        Signal.Kind.BOOKED: gettext_lazy("You chose a time for a talk"),
        Signal.Kind.CALLED_OFF: gettext_lazy("You called a talk off"),
        Signal.Kind.NOT_THERE: gettext_lazy("A talk with you did not take place"),
        Signal.Kind.PROMOTED: gettext_lazy("You seem to have another position"),
        Signal.Kind.LEARNED: gettext_lazy("You seem to have learned something new"),
        Signal.Kind.RELOCATED: gettext_lazy("You seem to live somewhere else"),
    }
)
KINDS_OF_FACT: Words = _words(
    {
        CandidateFact.Kind.PAY: gettext_lazy("Pay"),
        CandidateFact.Kind.PLACES: gettext_lazy("Where you would work"),
        CandidateFact.Kind.REMOTE: gettext_lazy("On site or from elsewhere"),
        CandidateFact.Kind.SKILLS: gettext_lazy("What you learned"),
        CandidateFact.Kind.TOPICS: gettext_lazy("What you want to read"),
        CandidateFact.Kind.RHYTHM: gettext_lazy("How often"),
        CandidateFact.Kind.LANGUAGE: gettext_lazy("Language"),
        CandidateFact.Kind.CORRECTED: gettext_lazy("Corrected by you"),
        CandidateFact.Kind.NOT_FOR_ME: gettext_lazy("Not for you"),
    }
)
REMOTE: Words = _words(
    {
        "on_site": gettext_lazy("On site"),
        "hybrid": gettext_lazy("Partly"),
        "remote": gettext_lazy("Remote"),
        "any": gettext_lazy("All the same"),
    }
)
ABOUT: Words = _words(
    {
        "level": gettext_lazy("The level"),
        "place": gettext_lazy("The place"),
        "pay": gettext_lazy("The pay"),
        "skill": gettext_lazy("What one has to know"),
        "employer": gettext_lazy("This employer"),
    }
)
LEVELS: Words = _words(
    {
        "too_junior": gettext_lazy("below yours"),
        "too_senior": gettext_lazy("above yours"),
    }
)
PERIODS: Words = _words(
    {
        pay.Period.YEAR: gettext_lazy("a year"),
        pay.Period.MONTH: gettext_lazy("a month"),
        pay.Period.DAY: gettext_lazy("a day"),
        pay.Period.HOUR: gettext_lazy("an hour"),
    }
)
KINDS_OF_PIECE: Words = _words(
    {
        "trends": gettext_lazy("What is changing in my field"),
        "salary": gettext_lazy("What others in my field are paid"),
        "tip": gettext_lazy("Tips for profiles and conversations"),
        "spotlight": gettext_lazy("Employers worth knowing"),
    }
)
_OURS: Words = _words(
    {
        BY_CANDIDATE: gettext_lazy("you yourself"),
        BY_HAND: gettext_lazy("a recruiter"),
        FROM_TITLE: gettext_lazy("read from your job title"),
        INFERRED: gettext_lazy("concluded from your skills"),
    }
)


def source(name: str) -> str:
    """On whose word something is; the names of files and systems are what they are."""
    return str(_OURS.get(name, name) or _("not recorded"))


def why_not(reason: str) -> str:
    """A reason that the gate, the planner or a reaction wrote down."""
    if reason.startswith("missing: "):
        return str(WHY_NOT[Reason.MISSING_FIELD])
    return str(WHY_NOT.get(reason, reason))


def fact(kind: str, value: Any, language: str) -> str:
    """What a fact says."""
    return _SAY[kind](value, language)


def rhythm(months: int) -> str:
    """How often at most."""
    return ngettext("at most once a month", "at most once in %(months)d months", months) % {
        "months": months
    }


def listed(words: list[str], language: str) -> str:
    """A list as it is written."""
    return format_list(words, "standard", languages.locale(language))


def _pay(value: dict[str, str], language: str) -> str:
    amount = pay.written(value["amount"], value["currency"], languages.locale(language))
    return _("at least %(amount)s %(period)s") % {
        "amount": amount,
        "period": PERIODS[value["period"]],
    }


def _topics(value: dict[str, list[str]], _language: str) -> str:
    kinds = [str(KINDS_OF_PIECE.get(one, one)) for one in value["kinds"]]
    return "; ".join(kinds) or _("nothing")


def _not_for_me(value: dict[str, str], _language: str) -> str:
    said = (ABOUT.get(value["about"]), LEVELS.get(value["is"]), value["words"])
    return _(": ").join(str(one) for one in said if one)


#: What each kind of fact says, from its value, in a language.
_SAY: Mapping[str, Callable[[Any, str], str]] = MappingProxyType(
    {
        CandidateFact.Kind.PAY: _pay,
        CandidateFact.Kind.PLACES: lambda value, language: listed(
            [place["words"] for place in value], language
        ),
        CandidateFact.Kind.REMOTE: lambda value, _language: str(REMOTE.get(value, value)),
        CandidateFact.Kind.SKILLS: lambda value, language: listed(value["words"], language),
        CandidateFact.Kind.TOPICS: _topics,
        CandidateFact.Kind.RHYTHM: lambda value, _language: rhythm(value["months"]),
        CandidateFact.Kind.LANGUAGE: lambda value, _language: languages.LANGUAGES.get(value, value),
        CandidateFact.Kind.CORRECTED: lambda value, _language: ", ".join(
            filter(None, value.values())
        ),
        CandidateFact.Kind.NOT_FOR_ME: _not_for_me,
    }
)
