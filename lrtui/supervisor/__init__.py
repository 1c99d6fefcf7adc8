"""The process that keeps workers at work, and the requests people make of it. No torch."""
