"""Mode 3: watch runs train."""
