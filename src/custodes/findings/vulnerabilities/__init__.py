"""Known faults of devices: versions compared, advisories held against makes, models and firmware."""
