"""Role profiles, shortlists with their evidence, and what changes about people."""
