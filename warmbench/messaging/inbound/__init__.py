"""Understands mails that come in: failures, complaints, and all the rest that people write."""
