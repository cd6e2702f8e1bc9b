"""Every question that any vendor can be asked."""

from tests.sources.questions import marketplaces

QUESTIONS = (*marketplaces.QUESTIONS,)
