"""Cards Cartel: the rooms behind the Discord cogs."""
