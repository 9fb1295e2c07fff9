"""Recognizes complaints: reports that a reader called one of our mails spam.

RFC 5965 gives them a form. Some providers send the mail alone, or a few words about it.
"""

import re
from dataclasses import dataclass

from warmbench.messaging.inbound import mail as mails
from warmbench.messaging.inbound import notices
from warmbench.messaging.inbound.mail import Mail
from warmbench.messaging.inbound.parts import Headers

MAX_RECIPIENTS = 50

#: Feedback types that say that a reader does not want such mail: RFC 5965, 7.3, its registry, and
#: what providers add. A type that nobody knows is taken for “other”, as that section asks.
_NO_COMPLAINTS = {"not-spam", "auth-failure", "virus", "dkim", "identity-not-spam"}
#: Who sends reports that do not say of themselves what they are.
_DESKS = re.compile(
    r"(?:staff@hotmail\.com|scomp@aol\.net|(?:fbl|cfl|arf|feedback|feedbackloop|complaints?"
    r"|abuse|spam|abuse-?reports?|jmrp|snds|report(?:er)?)(?:[-+.\w]{0,40})@[\w.-]{1,253})",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"complaint about (?:a )?messages?|abuse report|spam report|spam complaint|feedback report"
    r"|feedback loop|(?:reported|marked|flagged) (?:it |this |your |the )?(?:e-?mail |message )?"
    r"(?:as|to be) (?:spam|junk|unwanted|abuse)|junk mail report(?:ing)?|email abuse",
    re.IGNORECASE,
)
#: How reports in plain words name the one who complained.
_WRITTEN = re.compile(
    r"^(?:original-rcpt-to|removal-recipient)\s*:\s*(.{1,300})$", re.IGNORECASE | re.MULTILINE
)
_WRITTEN_TYPE = re.compile(r"^feedback-type\s*:\s*([\w-]{1,40})\s*$", re.IGNORECASE | re.MULTILINE)
_LINK = re.compile(r"<\s*((?:https?|mailto):[^<>\s]{1,2000})\s*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Complaint:
    """A report about one of our mails."""

    #: In lower case, such as ``abuse``. Blank if the report does not say it.
    feedback_type: str
    #: Who complained, as far as the report tells. Many providers black it out.
    recipients: tuple[str, ...]
    #: The headers of the mail that is complained about, as far as they came back.
    returned: Headers

    @property
    def ways_out(self) -> tuple[str, ...]:
        """The links of its List-Unsubscribe: ours carry the signed ids of person and message."""
        return tuple(_LINK.findall(self.returned.get("list-unsubscribe")))


def find(mail: Mail) -> Complaint | None:
    """The complaint that a mail is; None if it is none.

    A report that says the opposite (``not-spam``), or tells of a forged sender, is none.
    """
    if mail.feedback is not None:
        return _from_report(mail, mail.feedback)
    returned = mail.returned or notices.copy_in(mail.text)
    if not returned.values or not _DESKS.fullmatch(mail.sender):
        return None
    says = _SAYS.search(mail.subject) or _SAYS.search(mail.text[: notices.MAX_CHARACTERS])
    marked = "x-hmxmroriginalrecipient" in {*mail.headers.values, *returned.values}
    if not says and not marked:
        return None
    written = _WRITTEN_TYPE.search(mail.text[: notices.MAX_CHARACTERS])
    return _complaint(mail, returned, written[1].lower() if written else "", ())


def _from_report(mail: Mail, report: Headers) -> Complaint | None:
    returned = mail.returned or notices.copy_in(mail.text)
    named = report.all("original-rcpt-to", "removal-recipient")
    return _complaint(mail, returned, report.get("feedback-type").strip().lower(), named)


def _complaint(
    mail: Mail, returned: Headers, feedback_type: str, named: tuple[str, ...]
) -> Complaint | None:
    if feedback_type in _NO_COMPLAINTS:
        return None
    written = _WRITTEN.findall(mail.text[: notices.MAX_CHARACTERS])
    marks = (*mail.headers.all("x-hmxmroriginalrecipient"),
             *returned.all("x-hmxmroriginalrecipient", "x-original-to", "to"))  # fmt: skip
    told = [each for value in (*named, *written, *marks) for each in mails.addresses(value)]
    return Complaint(feedback_type, tuple(dict.fromkeys(told))[:MAX_RECIPIENTS], returned)
