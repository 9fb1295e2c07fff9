"""Complaints are recognized in each form that they come in, and lead back to the mail."""

import pytest

from tests.unit import inbound_mails
from tests.unit.inbound_mails import ARF, HUMAN, IN_WORDS, JMRP, NO_CORPUS, POSTFIX
from warmbench.messaging.inbound import complaints, kind, mail
from warmbench.messaging.inbound.complaints import Complaint

CORPUS = inbound_mails.corpus()


def found(text: str) -> Complaint:
    complaint = complaints.find(mail.read(text.encode()))
    assert complaint
    return complaint


def test_a_report_names_the_type_and_who_complained() -> None:
    complaint = found(ARF)
    assert complaint.feedback_type == "abuse"
    assert complaint.recipients == ("ana@example.com", "ana.moreau@example.com")


@pytest.mark.parametrize("text", [JMRP, IN_WORDS])
def test_a_complaint_without_a_report_is_one_as_well(text: str) -> None:
    assert found(text).recipients == ("ana@example.com",)
    assert found(text).feedback_type == ("fraud" if text is IN_WORDS else "")


@pytest.mark.parametrize("text", [ARF, JMRP, IN_WORDS])
def test_it_leads_back_to_our_mail(text: str) -> None:
    complaint = found(text)
    assert complaint.ways_out == (
        "https://w.example.org/u/t0ken",
        "mailto:alice+u7@northwind.example",
    )
    assert isinstance(kind.kind_of(mail.read(text.encode()), lambda _: None), Complaint)


def test_a_report_with_headers_alone_is_enough() -> None:
    text = ARF.replace("message/rfc822", "text/rfc822-headers")
    returned = found(text).returned
    assert mail.message_ids(returned.get("message-id")) == (
        "8405a9c29d2911551d006fde155c0262@northwind.example",
    )


def test_what_is_blacked_out_is_blank() -> None:
    text = ARF[: ARF.index("Original-Mail-From")]
    complaint = found(text)
    assert complaint.recipients == ()
    assert complaint.ways_out == ()


def test_a_type_that_nobody_knows_is_a_complaint() -> None:
    assert found(ARF.replace("abuse\n", "new-kind\n")).feedback_type == "new-kind"


@pytest.mark.parametrize("feedback_type", ["not-spam", "Auth-Failure"])
def test_other_reports_are_no_complaints(feedback_type: str) -> None:
    text = ARF.replace("Feedback-Type: abuse", f"Feedback-Type: {feedback_type}")
    assert complaints.find(mail.read(text.encode())) is None


def test_a_report_is_no_failure_whoever_sends_it() -> None:
    text = ARF.replace("complaints@mail.example.net", "MAILER-DAEMON@mail.example.net")
    assert isinstance(kind.kind_of(mail.read(text.encode()), lambda _: None), Complaint)


@pytest.mark.parametrize(
    "text",
    [
        HUMAN,
        POSTFIX,
        # A person who forwards our mail, and one who writes about spam.
        JMRP.replace("staff@hotmail.com", "ana@example.com"),
        HUMAN.replace("my other address fails", "this was marked as spam"),
        # A desk that says nothing, or sends no mail.
        IN_WORDS.replace("Spam report", "Hello").replace("marked your message as spam", "news"),
        IN_WORDS[: IN_WORDS.index("Received")],
    ],
)
def test_other_mails_are_no_complaints(text: str) -> None:
    assert complaints.find(mail.read(text.encode())) is None


@pytest.mark.skipif(not CORPUS, reason=NO_CORPUS)
def test_no_real_failure_report_is_a_complaint() -> None:
    assert not [each.name for each in CORPUS if complaints.find(mail.read(each.raw))]
