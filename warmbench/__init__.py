"""Keeps a recruiting team's bench warm."""
