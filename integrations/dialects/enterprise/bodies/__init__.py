"""What the bodies of /v1 may hold, and the keyword arguments they become."""
