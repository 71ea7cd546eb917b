"""The API of artifacts; ``urls.py`` beside this file is its table of contents."""
