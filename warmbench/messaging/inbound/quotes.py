"""Finds the text that a person newly wrote in a mail, without what it quotes."""

from warmbench.messaging.inbound.mail import Mail


def new_text(mail: Mail) -> str:
    """What the person wrote in this mail."""
    lines = mail.text.splitlines()
    return "\n".join(line for line in lines if not line.startswith(">")).strip()
