"""Bytes in, observations out. Opens no socket, holds no opinion."""
