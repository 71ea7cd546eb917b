"""What people write of a licence, as SPDX expressions."""
