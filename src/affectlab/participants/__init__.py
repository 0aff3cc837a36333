"""Participants: the models as subjects, embedded, behind an interface, or simulated with a known truth."""
