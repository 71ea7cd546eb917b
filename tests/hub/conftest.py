"""The code in ``data/`` is served, never collected: its tests belong to the artifact."""

collect_ignore = ["data"]
