"""Return workbooks: one for each body, sent by e-mail, filled in, and read back cell by cell."""
