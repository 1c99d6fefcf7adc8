"""A comparison and its ranking as text: Markdown, CSV, JSON. Pure functions, no input or output."""
