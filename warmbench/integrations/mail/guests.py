"""Lets a mail server of ours end without leaving anybody on the line."""

import asyncio
from weakref import WeakSet

from aiosmtpd.smtp import SMTP

#: Seconds in which the event loop does whatever it has begun.
_A_MOMENT = 0.02


class Guests:
    """The conversations that a server has open."""

    def __init__(self) -> None:
        self._open: WeakSet[SMTP] = WeakSet()

    def welcome(self, dialogue: SMTP) -> SMTP:
        """Remember a conversation while it lasts. Returns it."""
        self._open.add(dialogue)
        return dialogue

    async def see_off(self, server: asyncio.Server) -> None:
        """Let nobody in any more, hang up on everybody, and close the server."""
        # A server that is closed while somebody comes in leaves their connection open.
        for door in server.sockets:
            asyncio.get_running_loop().remove_reader(door.fileno())
        await asyncio.sleep(_A_MOMENT)
        for dialogue in list(self._open):
            if dialogue.transport is not None:
                dialogue.transport.close()
        await asyncio.sleep(_A_MOMENT)
        server.close()
