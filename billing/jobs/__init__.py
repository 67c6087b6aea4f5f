"""Orders for many rows at once: what can be ordered, ordering it, doing it, undoing it."""
