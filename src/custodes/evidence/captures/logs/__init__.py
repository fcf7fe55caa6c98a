"""Logs of traffic that other programs wrote, read into the same devices as captures."""
