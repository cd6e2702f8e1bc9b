"""One file per vendor: each translates, none decides."""
