"""The service: bodies answer, the office reviews and publishes. The only room with Django, and with a database."""
