"""Other people's applicant tracking systems: one protocol, a client for each vendor."""
