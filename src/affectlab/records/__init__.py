"""What is done with a run that is finished: scored again, traced, archived, and in part deleted."""
