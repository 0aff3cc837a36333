"""The store: every response, observation and material of a run in one SQLite file."""
