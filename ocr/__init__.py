"""A pure library: file in, fields out. Knows no database, queue or web."""
