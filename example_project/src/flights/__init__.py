"""Predict the arrival delay of flights from New York from what is known an hour before departure."""
