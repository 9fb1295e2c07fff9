"""Compares what others say of our candidates' work with what they said before."""
