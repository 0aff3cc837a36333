"""Analyses of runs and of people's tables: labelled tables, validity checks, comparisons with people."""
