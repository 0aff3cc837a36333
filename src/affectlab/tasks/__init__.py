"""Tasks: the paradigms in which people in a state err, one module for each form, one file for each game."""
