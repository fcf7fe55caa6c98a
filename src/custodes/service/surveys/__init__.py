"""Bodies, surveys as uploaded folders, and the waves in which bodies are asked."""
