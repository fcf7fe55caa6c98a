"""What a reply says of its device: fingerprints, labels, protocol families and identifiers weighed together."""
