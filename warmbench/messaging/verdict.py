"""What the last gate can say: it may go, later, or never; and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Reason(StrEnum):
    """Why a touch does not go, or not now. The last ones are its author's, and its recruiter's."""

    SUPPRESSED = "suppressed"
    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"
    DO_NOT_CONTACT = "do_not_contact"
    PLACED = "placed"
    HIRED = "hired"
    APPLIED = "applied"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    NOTICE_OVERDUE = "notice_overdue"
    NO_CONSENT = "no_consent"
    CONSENT_FIRST = "consent_first"
    CONSENT_EXPIRED = "consent_expired"
    IMPLIED_EXPIRED = "implied_expired"
    NO_ADDRESS = "no_address"
    SAME_READER = "same_reader"
    OWNER_INACTIVE = "owner_inactive"
    OWNER_CHANGED = "owner_changed"
    OFF_LIMITS = "off_limits"
    CLIENT_CONFLICT = "client_conflict"
    RESERVED = "reserved"
    EXPIRED = "expired"
    ROLE_ENDED = "role_ended"
    ROLE_ON_HOLD = "role_on_hold"
    PAUSED = "paused"
    STOPPED = "stopped"
    STALE_TRUTH = "stale_truth"
    NO_SENDER = "no_sender"
    NOT_REGISTERED = "not_registered"
    SENDER_PAUSED = "sender_paused"
    SENDER_CAP = "sender_cap"
    BUDGET = "budget"
    ALERT_GAP = "alert_gap"
    ALERT_FIRST = "alert_first"
    RHYTHM = "rhythm"
    WINDOW = "window"
    QUIET_HOURS = "quiet_hours"
    ZONE_UNKNOWN = "zone_unknown"
    NO_CONTENT = "no_content"
    MISSING_FIELD = "missing_field"
    OUTRANKED = "outranked"
    UNCLEAR_RULE = "unclear_rule"
    PERSONALISE = "personalise"
    SKIPPED = "skipped"
    NOT_LOOKED_AT = "not_looked_at"
    TAKEN_BACK = "taken_back"
    MERGED = "merged"


@dataclass(frozen=True, slots=True)
class Allow:
    """It may be handed over now."""


@dataclass(frozen=True, slots=True)
class Later:
    """Not before ``until``; then the question is asked anew."""

    until: datetime
    reason: Reason
    #: The rule of law that says so, if one does: ``people.law.cited`` tells it.
    rule: str = ""
    #: The touch that goes first, if it waits for another one.
    behind: str = ""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Never, for this touch."""

    reason: Reason
    #: The rule of law that says so, if one does.
    rule: str = ""


Verdict = Allow | Later | Refuse
ALLOW = Allow()
