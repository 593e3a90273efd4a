"""What is learned from data."""
