"""Many addresses at once: a list is read, each line registered, followed to its end and told.

``lists`` and ``formats`` read, ``registering`` goes through the door that the API takes,
``following`` waits, ``working`` does the work where no worker does, ``report`` tells.
"""
