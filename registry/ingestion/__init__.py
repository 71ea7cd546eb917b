"""From a pasted URL to a published, rated version: the pipeline, and what keeps it going."""

from registry.ingestion.pipeline import ingest, sweep

__all__ = ["ingest", "sweep"]
