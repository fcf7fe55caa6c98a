"""Firmware images in words and in the forms of other programs. Given, never asking."""
