"""What a stakeholder would check, by the URL alone."""
