"""A checker of sentences: what a report and a terminal say, held against the exported table."""
