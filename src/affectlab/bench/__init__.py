"""Measurements of the embedded engine on the machine it runs on: what a question costs, and how far an answer moves."""
