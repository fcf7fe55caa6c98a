"""What files of an image say: one module for each way of saying it."""
