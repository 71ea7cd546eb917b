"""What may become part of what."""
