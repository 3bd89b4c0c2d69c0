"""Rasa as a peer."""
