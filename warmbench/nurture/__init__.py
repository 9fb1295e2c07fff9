"""How we stay in touch: pools, sequences, content, the planner."""
