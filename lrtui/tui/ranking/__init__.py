"""Mode 4: the ranking and what stands behind it."""
