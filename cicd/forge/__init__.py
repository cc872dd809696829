"""What GitHub gives a team, on one machine: a remote whose pushes run the project's workflows through `act`."""
