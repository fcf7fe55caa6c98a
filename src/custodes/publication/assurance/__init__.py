"""An estate's own assurance report, by the same machinery as a survey: whole for its owner, totals for everybody."""
