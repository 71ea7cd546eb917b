"""What the questions look at: pure readings of facts, without a score."""
