"""Text messages: handing them over to a provider, and reading what it tells."""
