"""Looks at untrusted files and says what is in them. Nothing is ever unpickled or executed.

What a file is gets decided by its bytes, never by its name. A file that cannot be looked at
to the end is an ``error``, which is never clean.
"""

from artifacts.scanning.scanner import scan_file
from artifacts.scanning.verdict import ScanResult

__all__ = ["ScanResult", "scan_file"]
