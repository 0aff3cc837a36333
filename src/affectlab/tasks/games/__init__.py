"""Games: tasks that answer back, one file each, found by their registry."""
