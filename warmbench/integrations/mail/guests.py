"""Lets a mail server of ours end without leaving anybody on the line."""

import asyncio
from weakref import WeakSet

from aiosmtpd.smtp import SMTP


class Guests:
    """The conversations that a server has open."""

    def __init__(self) -> None:
        self._open: WeakSet[SMTP] = WeakSet()

    def welcome(self, dialogue: SMTP) -> SMTP:
        """Remember a conversation while it lasts. Returns it."""
        self._open.add(dialogue)
        return dialogue

    async def see_off(self) -> None:
        """Hang up on everybody, once what was said has been sent."""
        for dialogue in list(self._open):
            if dialogue.transport is not None:
                dialogue.transport.close()
        # The loop closes the sockets in its next turn, and it may have no other one.
        await asyncio.sleep(0)
