"""Says in sentences why a touch does not go, and what a person can do about it."""

from collections.abc import Mapping
from types import MappingProxyType

from warmbench.messaging.verdict import Reason
from warmbench.people import law
from warmbench.people.models import Suppression

#: What each reason means, said of one person or of many.
MEANINGS: Mapping[str, str] = MappingProxyType(
    {
        Reason.SUPPRESSED: "Messages to them have been stopped.",
        Reason.UNSUBSCRIBED: "They unsubscribed.",
        Reason.COMPLAINED: "They marked a message of ours as spam.",
        Reason.DO_NOT_CONTACT: "They are not to be contacted.",
        Reason.PLACED: "They have been placed.",
        Reason.HIRED: "They have been hired elsewhere.",
        Reason.APPLIED: "They have applied: the process speaks to them now.",
        Reason.CONSENT_WITHDRAWN: "They withdrew their permission.",
        Reason.NOTICE_OVERDUE: "Nobody told them in time that we have their data, and from whom.",
        Reason.NO_CONSENT: "No permission to write to them is on record.",
        Reason.CONSENT_FIRST: "They have to agree before they hear from us: it is the law there.",
        Reason.CONSENT_EXPIRED: "Their permission has expired.",
        Reason.IMPLIED_EXPIRED: "What let us write to them is too old by the law there.",
        Reason.NO_ADDRESS: "We have no working e-mail address of theirs.",
        Reason.SAME_READER: "An older record has the same address: the reader hears from us there.",
        Reason.OWNER_INACTIVE: "Their recruiter is no longer active.",
        Reason.OWNER_CHANGED: "They have another recruiter than the one whom it would come from.",
        Reason.OFF_LIMITS: "Their employer is off limits: its people are not approached.",
        Reason.CLIENT_CONFLICT: "They work for this client, or for an employer whose people do not"
        " hear of its roles.",
        Reason.RESERVED: "Another recruiter has them reserved: only that one approaches them.",
        Reason.EXPIRED: "It would have come too late.",
        Reason.ROLE_ENDED: "The role is filled or closed, or its alerts were ended.",
        Reason.ROLE_ON_HOLD: "The role, or its alerts, are on hold.",
        Reason.PAUSED: "They are paused.",
        Reason.STOPPED: "Sending is stopped.",
        Reason.STALE_TRUTH: "The ATS was not heard from in full for too long: they may have been"
        " placed meanwhile.",
        Reason.NO_SENDER: "There is no mailbox to send from, or no number for a text.",
        Reason.NOT_REGISTERED: "American networks take texts of registered senders only.",
        Reason.SENDER_PAUSED: "The mailbox it would go from is paused, or not active yet.",
        Reason.SENDER_CAP: "The mailbox it would go from has sent its share for the day.",
        Reason.BUDGET: "They have heard from us recently: one message in 7 days, three in 30.",
        Reason.ALERT_GAP: "They heard of a role within the last seven days.",
        Reason.ALERT_FIRST: "They are about to hear of a role, and that comes first.",
        Reason.RHYTHM: "They asked to hear from us less often, and it is not time yet.",
        Reason.WINDOW: "It is outside working hours, or a holiday, where they live.",
        Reason.QUIET_HOURS: "The law keeps these hours free of messages where they live.",
        Reason.ZONE_UNKNOWN: "We cannot tell what time it is where they live.",
        Reason.NO_CONTENT: "There was no piece left that fits them and that they have not had.",
        Reason.MISSING_FIELD: "Something is unknown about them that the message needs.",
        Reason.OUTRANKED: "Something that matters more is about to go to them, and comes first.",
        Reason.UNCLEAR_RULE: "A rule of the sequence names something that is not there any more.",
        Reason.PERSONALISE: "Their recruiter can still change it before it goes.",
        Reason.SKIPPED: "Their recruiter decided that it does not go.",
        Reason.NOT_LOOKED_AT: "Nobody looked at it in time, and it was not to go without that.",
        Reason.TAKEN_BACK: "Who wrote it took it back before it went.",
        Reason.MERGED: "They had it already in another record of theirs.",
        # What enrollments and queued messages end with, besides.
        Suppression.Reason.IMPORTED: "They had opted out in the data that was imported.",
        Suppression.Reason.MANUAL: "A recruiter stopped messages to them.",
        Suppression.Reason.OBJECTED: "They objected to what we do with their data.",
        Suppression.Reason.ERASED: "Somebody with the same address was erased.",
        "left_pool": "They left the pool.",
        "exit_step": "They came to a step that ends the sequence.",
        "exit_rule": "The sequence ends for whom its rule for leaving holds.",
        "held": "A recruiter holds it until they let it go on.",
        "pool_moved": "Their pool leads to other sequences now.",
        "interest_withdrawn": "What it followed was none of their doing: a machine clicked.",
        "sequence_archived": "The sequence is archived.",
        "taken_off": "A program or a person took them off it.",
    }
)

#: What a person can do about a reason. What somebody decided, and what time settles by
#: itself, is not here.
REMEDIES: Mapping[str, str] = MappingProxyType(
    {
        Reason.NOTICE_OVERDUE: "Tell them and say so on the page Law, or delete them.",
        Reason.NO_CONSENT: "Record on what ground you may write to them, or import it.",
        Reason.CONSENT_FIRST: "Ask them yourself, on the phone or in a mail of your own, and record"
        " the answer.",
        Reason.CONSENT_EXPIRED: "Ask them anew, and record the answer.",
        Reason.IMPLIED_EXPIRED: "Ask them yourself, and record the answer.",
        Reason.NO_ADDRESS: "Find out another address and enter it on their page.",
        Reason.SAME_READER: "If they are two people, find out another address of one of them; if"
        " they are one, keep one of the records.",
        Reason.OWNER_INACTIVE: "Hand their candidates over to somebody else.",
        Reason.OFF_LIMITS: "If it was agreed for this person, make an exception on the page Off"
        " limits; if it is over, end it there.",
        Reason.CLIENT_CONFLICT: "If it was agreed for this person, make an exception on the page"
        " Off limits; if it is over, end it there. Of a client's own people there is none.",
        Reason.RESERVED: "Ask for them on their page: who has them answers within 48 hours, or they"
        " are yours.",
        Reason.EXPIRED: "Find out what kept it for 72 hours: a stop, a pause, a mailbox's cap.",
        Reason.STOPPED: "Release the stop on the page Stops when its cause is gone.",
        Reason.NO_SENDER: "Add a mailbox for their recruiter, or one that is for everybody.",
        Reason.STALE_TRUTH: "Find out on the page Connections why the ATS is not read, or"
        " disconnect it.",
        Reason.NOT_REGISTERED: "Register brand and campaign with your provider (10DLC), and enter"
        " both ids on the sender's page.",
        Reason.SENDER_PAUSED: "Activate or resume the mailbox on its page when the cause is gone.",
        Reason.SENDER_CAP: "If this is so every day, raise the mailbox's cap or add another one.",
        Reason.ZONE_UNKNOWN: "Enter their country or time zone on their page.",
        Reason.NO_CONTENT: "Write another piece of that kind, for their field or for everybody.",
        Reason.MISSING_FIELD: "Enter what is missing, or give the field a default in the wording.",
        Reason.UNCLEAR_RULE: "Correct the rule in a new version of the sequence, and move people to"
        " that version.",
        Reason.NOT_LOOKED_AT: "Look at check-ins in time, or let the step go without that.",
    }
)

_MISSING = "missing: "


def because(reason: str, rule: str = "") -> str:
    """A reason that the gate, the planner or a reaction wrote down, as a sentence; with what
    the law says, and where, if a rule of it was named."""
    if cited := law.cited(rule):
        return f"{because(reason)} {cited}"
    if reason.startswith(_MISSING):
        field = reason.removeprefix(_MISSING).replace("_", " ")
        return f"We do not know their {field}, which the message needs."
    return MEANINGS.get(reason, reason.replace("_", " ").capitalize())


def remedy(reason: str) -> str:
    """What a person can do about it; blank where there is nothing to do but to wait."""
    if reason.startswith(_MISSING):
        return REMEDIES[Reason.MISSING_FIELD]
    return REMEDIES.get(reason, "")
