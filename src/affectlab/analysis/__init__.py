"""Analyses of runs: findings, hypotheses, manipulation, comparison with people, multiverse, power."""
