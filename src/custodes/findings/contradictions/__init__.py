"""What records, people, the network and inspections tell of one thing in two ways."""
