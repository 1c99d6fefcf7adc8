"""What is trained: data sets and models by name, their files, and how those get here."""
