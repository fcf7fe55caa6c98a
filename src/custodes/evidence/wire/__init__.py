"""Replies of devices, as bytes, taken apart. Opens no socket, holds no opinion."""
