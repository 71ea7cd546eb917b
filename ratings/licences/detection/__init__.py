"""Which licences files hold, word for word or by name."""
