"""Who we know, and whether we may write to them."""
