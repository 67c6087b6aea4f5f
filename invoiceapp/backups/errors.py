class BackupError(Exception):
    """A backup that cannot be made, read or trusted; the message says what to do."""
