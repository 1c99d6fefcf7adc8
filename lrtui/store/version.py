"""The version of the schema that this program reads and writes."""

# The number of migrations in `schema`. Not in that module: a database that is up to date must open without importing
# sqlite-utils (0.2 s).
SCHEMA_VERSION = 4
