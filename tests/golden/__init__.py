"""Golden values: what every shipped study gave on the simulated participant before the rebuild."""
