"""Who is signing in: the user, and later factors and sessions. Knows nothing of the field above it."""
