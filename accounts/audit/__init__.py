"""The audit trail: who did it, written once and for good."""
