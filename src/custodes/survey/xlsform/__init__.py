"""Questionnaires from and to XLSForm, the workbook that ODK and its kin read."""
