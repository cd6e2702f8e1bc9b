"""Stand-ins for the marketplaces and price sources, speaking each vendor's own JSON."""
