"""Mode 2: set up a comparison and start it."""
