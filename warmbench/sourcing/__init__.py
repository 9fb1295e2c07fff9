"""What we look for people for: roles, who fits them, and who hears of them."""
