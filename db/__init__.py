"""Storage: one file per aggregate, tables on top, intent-named functions below."""
