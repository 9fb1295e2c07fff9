"""The living sample agency of the demo."""
