"""Looks ahead: what would be sent to whom in the coming months, by the engine that sends it."""
