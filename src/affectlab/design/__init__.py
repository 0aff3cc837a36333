"""A study as it is written, the checks of it, and the plan, procedure and preregistration that follow from it."""
