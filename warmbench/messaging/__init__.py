"""What we say: the outbox, the last gate, senders and delivery."""
