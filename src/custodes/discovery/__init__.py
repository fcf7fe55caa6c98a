"""The only room that may touch a live network (part 4)."""
