"""All of them, each with what must hold of its results beyond what must hold of all."""

from tests.sources.parsers import basics, catalogues, elsewhere, keyed, marketplaces, rates

GROUPS = (basics, keyed, rates, elsewhere, marketplaces, catalogues)
PARSERS = tuple(parser for group in GROUPS for parser in group.PARSERS)
CHECKED = tuple((parser, group.check) for group in GROUPS for parser in group.PARSERS)
