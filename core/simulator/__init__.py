"""A Discord look-alike, a market world, vendor stand-ins and a demo page, in a process of their own."""
