"""Uploaded bundles, from a request that streams by to a version like any other."""
