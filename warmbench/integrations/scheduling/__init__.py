"""Hears who booked a talk, and when, from the systems in which candidates choose a time."""
