"""Which rule reaches a device, on a day, as it was known on a day, with what force on a body. Pure functions."""
