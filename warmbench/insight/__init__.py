"""What conversations say about people: typed facts, each with the words that it came from."""
