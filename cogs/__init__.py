"""Discord: one file per command group; translations only, no decisions."""
