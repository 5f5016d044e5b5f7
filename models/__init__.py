"""What is true, and what may change it."""
