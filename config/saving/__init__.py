"""Backups of a whole installation: what `laufzettel backup` writes and `laufzettel restore` brings back."""
