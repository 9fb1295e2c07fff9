"""Commands of Django that tests replace."""
