"""Defects of what is said and asked: a function for each, for importers and for the check of a study."""
