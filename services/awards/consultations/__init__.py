"""Consultations (征求意见): what the consulted offices answer about each nominated branch."""
