"""Every question that any vendor can be asked."""

from tests.sources.questions import catalogues, elsewhere, keyed, marketplaces, people, rates

QUESTIONS = (
    *marketplaces.QUESTIONS,
    *rates.QUESTIONS,
    *catalogues.QUESTIONS,
    *keyed.QUESTIONS,
    *elsewhere.QUESTIONS,
    *people.QUESTIONS,
)
