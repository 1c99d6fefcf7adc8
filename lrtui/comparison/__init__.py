"""A comparison as values: spec, settings, status, records, snapshot, and checks before the start."""
