"""The market world: cards, graded copies, owners, listings and sales, evolving from one seed."""
