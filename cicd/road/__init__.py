"""Decide which release may go where, and bring it there."""
