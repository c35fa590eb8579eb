"""Gather, decide, act: what keys are looked at, when, and what is done about them."""
