"""Every question that any vendor can be asked."""

from tests.sources.questions import catalogues, keyed, marketplaces, rates

QUESTIONS = (*marketplaces.QUESTIONS, *rates.QUESTIONS, *catalogues.QUESTIONS, *keyed.QUESTIONS)
