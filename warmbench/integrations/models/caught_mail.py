"""Mails that the demo's mail catcher keeps instead of sending them."""

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

from django.db import models


class CaughtMail(models.Model):
    """One mail as it came over the wire. No person outside ever got it."""

    received_at = models.DateTimeField()
    mail_from = models.TextField(blank=True)
    #: Separated by commas, should there be several.
    rcpt_to = models.TextField()
    subject = models.CharField(max_length=200, blank=True)
    message_id = models.CharField(max_length=200, blank=True, db_index=True)
    raw = models.BinaryField()

    class Meta:
        db_table = "caught_mail"

    def __str__(self) -> str:
        return self.subject

    def opened(self) -> EmailMessage:
        """The mail taken apart; ``get_body(["html"])`` is what mail programs show."""
        return BytesParser(EmailMessage, policy=policy.default).parsebytes(bytes(self.raw))
