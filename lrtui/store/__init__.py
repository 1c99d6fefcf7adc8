"""`runs.db`: the only package that touches SQLite. Everything shared between processes is here."""
