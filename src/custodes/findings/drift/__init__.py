"""What differs between two firmware images: a difference of sets, without a threshold that could hide anything."""
