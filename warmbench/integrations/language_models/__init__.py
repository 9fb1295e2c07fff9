"""A language model of somebody's choice, which may propose facts: off until switched on."""
