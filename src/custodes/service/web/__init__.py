"""What every page shares: frame, words, languages, refusals, measuring, logs."""
