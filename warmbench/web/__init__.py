"""Pages, for staff and for candidates."""
