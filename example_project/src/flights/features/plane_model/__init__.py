"""The flow from the text of an aircraft's model to features: prefilter, tokenizer, postfilter, processor."""
