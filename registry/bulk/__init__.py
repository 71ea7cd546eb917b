"""Many addresses at once: a list is read, each line registered, followed to its end and told.

``lists`` and ``formats`` read, ``register_lines`` registers as the API and the pages do,
``following`` waits, ``working`` does the work where no worker does, ``report`` tells.
"""
