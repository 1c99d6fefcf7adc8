"""What depends on the terminal: its colours and signs, its bell, and its end."""
