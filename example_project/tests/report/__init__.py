"""The report in a real Streamlit."""
