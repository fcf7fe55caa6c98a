"""The office's pages: the board of a wave, the review of a return, surveys, people, contacts."""
