"""Translations of other people's systems; the only place that speaks to the outside."""
