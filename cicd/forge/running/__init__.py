"""Run triggered workflows through `act`, one after the other, and keep their records."""
