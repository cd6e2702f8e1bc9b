"""The HTTPS API: parse, call a service, serialise."""
