"""Mode 5: every comparison in the database."""
