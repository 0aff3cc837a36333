"""What a run says of what was asked: contrasts, estimates, and verdicts on hypotheses."""
