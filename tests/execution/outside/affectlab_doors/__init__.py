"""A package outside the tree that brings executors and participants."""
