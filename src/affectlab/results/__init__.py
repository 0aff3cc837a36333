"""What a run found, question by question: findings, manipulation, comparison with people, multiverse, power."""
