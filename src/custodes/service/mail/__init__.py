"""Mail that goes out: written down with the change that it tells of, sent afterwards, again until it is."""
