"""What an answer is: the words that observing, metrics, scoring and the gate share."""
