"""People's tables: reading them strictly, what their columns are, and the scores of their units."""
