"""Files that scanners and networks write about hosts: banners and addresses, host by host. Opens no socket."""

from custodes.evidence.scans.reader import Scan, open_scan

__all__ = ["Scan", "open_scan"]
