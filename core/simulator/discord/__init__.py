"""A stand-in for Discord that an unmodified client library can log in to."""
