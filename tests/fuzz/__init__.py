"""What comes from outside, spoiled at random from a seed: no traceback, no hang, no number from half-read input."""
