"""A sandbox's own time, and throwing its data away."""
