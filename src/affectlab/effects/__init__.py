"""Contrasts, their estimates, and verdicts that rest on them: what is asked of data, a number with its interval."""
