"""Scoring: from observations to scores, and readers of free text."""
