"""A section of the report, as another package would bring it."""
