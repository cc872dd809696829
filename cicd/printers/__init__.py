"""The only code that formats results for people."""
