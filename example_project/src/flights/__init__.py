"""Predict the arrival delay of flights from New York out of what is known an hour before they leave."""
