"""What everything else stands on, without a word about recruiting."""
