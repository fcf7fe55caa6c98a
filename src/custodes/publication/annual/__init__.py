"""The report on paper: PDF for everybody, DOCX for clearance, Markdown for GOV.UK, all from one JSON."""
