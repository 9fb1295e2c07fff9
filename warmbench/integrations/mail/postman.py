"""Gives each sender its channel: its mail server, with its signature if it has a key, or its
provider of texts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from warmbench.integrations.mail.dkim_signing import DkimKey, KeyUnusableError, sign
from warmbench.integrations.mail.labels import labelled
from warmbench.integrations.mail.smtp import Security, SmtpChannel, SmtpSettings
from warmbench.integrations.sms.twilio import Account, TwilioChannel, account_of
from warmbench.messaging.handover import Channel, Deferred, HandOver, Scope
from warmbench.messaging.models import Sender

SECURITY: dict[str, Security] = {
    Sender.Security.STARTTLS: "starttls",
    Sender.Security.TLS: "tls",
    Sender.Security.NONE: "none",
}


@dataclass(frozen=True, slots=True)
class _Signed:
    """A channel whose mails are signed on their way out."""

    channel: Channel
    key: DkimKey
    clock: Callable[[], datetime]

    def hand_over(self, mail_from: str, rcpt_to: str, data: bytes) -> HandOver:
        try:
            signed = sign(data, self.key, now=self.clock())
        except KeyUnusableError as error:
            return Deferred(0, str(error), Scope.SENDER)
        return self.channel.hand_over(mail_from, rcpt_to, signed)

    def close(self) -> None:
        self.channel.close()


@dataclass(slots=True)
class Postman:
    """Keeps each sender's connections between batches, until its settings change."""

    clock: Callable[[], datetime]
    _channels: dict[SmtpSettings, SmtpChannel] = field(default_factory=dict)
    _accounts: dict[Account, TwilioChannel] = field(default_factory=dict)

    def channel_for(self, sender: Sender) -> Channel:
        """The channel of a sender."""
        if sender.is_text:
            account = account_of(sender)
            return self._accounts.setdefault(account, TwilioChannel(account))
        settings = settings_of(sender)
        channel = self._channels.get(settings)
        if channel is None:
            channel = self._channels[settings] = SmtpChannel(settings)
        named = labelled(sender.host, channel)
        if not sender.dkim_key:
            return named
        return _Signed(named, key_of(sender), self.clock)

    def close(self) -> None:
        """Let go of every connection."""
        channels: list[Channel] = [*self._channels.values(), *self._accounts.values()]
        for channel in channels:
            channel.close()


def settings_of(sender: Sender) -> SmtpSettings:
    """How to reach a sender's mail server."""
    return SmtpSettings(
        host=sender.host,
        port=sender.port,
        security=SECURITY[sender.security],
        username=sender.username,
        password=sender.password,
    )


def key_of(sender: Sender) -> DkimKey:
    """The key that a sender signs with: always in the name of the domain of From."""
    return DkimKey(sender.domain, sender.dkim_selector, sender.dkim_key)
