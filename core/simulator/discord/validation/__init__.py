"""What Discord refuses to store, checked before anything takes effect."""
