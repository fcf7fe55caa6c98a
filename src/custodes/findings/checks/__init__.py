"""What the records and the network tell of each check, and how that stands beside what a person attests."""
