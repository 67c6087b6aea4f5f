"""Backups: one file that holds the database, the media and the means to check both."""
