"""What other programs may ask and do, over HTTP with a key (docs/howto/use-the-api.md)."""
