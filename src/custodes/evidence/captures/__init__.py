"""Captures of what was sent: files of packets, frame by frame. Opens no socket."""
