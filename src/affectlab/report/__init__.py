"""The report of a run: one page with what was done, what was found, and what speaks against it."""
