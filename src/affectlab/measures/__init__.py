"""Measures: what an instrument asks and how it is scored, one module for each form."""
