"""What licences permit and ask for."""
