"""What Twilio's error codes mean for us, as of November 2026. None of them is ever tried again
by itself: a code that nobody knows is taken for the end of this message (rules.md R20)."""

from enum import Enum


class Meaning(Enum):
    """Whose trouble an error is."""

    #: There is no such number, or it takes no texts.
    NUMBER_DEAD = "number_dead"
    #: It may work another time.
    TRANSIENT = "transient"
    #: A network or Twilio itself does not take such texts from us.
    POLICY = "policy"
    #: The settings of the sender are wrong: no text of it would go.
    SENDER = "sender"
    #: The person has opted out at Twilio.
    OPTED_OUT = "opted_out"
    UNKNOWN = "unknown"


_MEANINGS = {
    21211: Meaning.NUMBER_DEAD,  # not a valid number
    21214: Meaning.NUMBER_DEAD,  # cannot be reached
    21217: Meaning.NUMBER_DEAD,  # not a phone number
    21610: Meaning.OPTED_OUT,
    21612: Meaning.NUMBER_DEAD,  # no route to it
    21614: Meaning.NUMBER_DEAD,  # not a mobile number
    21212: Meaning.SENDER,  # From is not valid
    21266: Meaning.SENDER,  # From and To are the same
    21408: Meaning.POLICY,  # the region is not permitted
    21606: Meaning.SENDER,  # From cannot send texts
    21608: Meaning.SENDER,  # a trial account
    21659: Meaning.SENDER,  # From is not ours
    21704: Meaning.SENDER,  # the messaging service has no number
    30003: Meaning.TRANSIENT,  # switched off or out of reach
    30004: Meaning.POLICY,  # blocked
    30005: Meaning.NUMBER_DEAD,  # unknown destination
    30006: Meaning.NUMBER_DEAD,  # a landline
    30007: Meaning.POLICY,  # filtered as spam
    30034: Meaning.SENDER,  # no campaign registered (10DLC)
    30039: Meaning.POLICY,  # a loop
    63038: Meaning.SENDER,  # the day's limit
}


def means(code: object) -> Meaning:
    """What a code says, as a number or as its digits."""
    if isinstance(code, str) and code.isascii() and code.isdigit():
        code = int(code[:9])
    return _MEANINGS.get(code, Meaning.UNKNOWN) if isinstance(code, int) else Meaning.UNKNOWN
