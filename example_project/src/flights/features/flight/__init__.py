"""The flow from a flight's columns to features: prefilter, filter, processor, postfilter."""
