"""What may go where, and bringing it there."""
