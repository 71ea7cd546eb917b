"""A hub of our own on loopback: the Hugging Face API, git over HTTP and a little of GitHub's API.

The real ``huggingface_hub`` and the real ``git`` talk to it. It serves git repositories from
folders, so every revision, digest and date it tells is true, until a test asks for a lie
(``faults.py``).
"""
