"""From a pasted URL to a published, rated version.

``pipeline`` has the steps, ``lease`` holds a version for one worker, ``companions`` reads and
registers what a card names, ``sweeps`` queues again what a vanished worker left. Trouble that
passes is tried again where it is met, in ``artifacts.sources.retrying``.
"""

from registry.ingestion.pipeline import ingest
from registry.ingestion.sweeps import sweep

# under these names the queue and the schedule know them, in databases that are here already
__all__ = ["ingest", "sweep"]
