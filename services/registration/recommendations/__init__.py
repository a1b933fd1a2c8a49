"""Recommendations: a branch puts its people in order within its quota, and sends back what is to be corrected."""
