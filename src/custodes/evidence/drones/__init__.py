"""What is known of unmanned aircraft without their network: registers of serial numbers, captures of what they send."""
