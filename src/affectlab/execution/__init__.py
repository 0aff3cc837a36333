"""Execution: where and in which order the blocks of a plan are done, and what is written down around them."""
