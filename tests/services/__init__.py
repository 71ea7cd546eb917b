"""Real services that tests start for themselves, on loopback, and end with SIGKILL."""
