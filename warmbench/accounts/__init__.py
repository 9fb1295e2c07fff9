"""The people who work here: users, their teams, and what each may do."""
