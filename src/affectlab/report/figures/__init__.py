"""The figures of the report, one module for each kind: what is drawn of the findings, and the data behind it."""
