"""What is known of licences, as tables."""
