"""Questionnaires, returns, answer states, figures with bounds, published claims. A survey is a folder of text files."""
