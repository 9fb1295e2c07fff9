"""What we hear: clicks and other signals, warmth, follow-ups."""
