"""Mail going out and, in the demo, mail being caught."""
