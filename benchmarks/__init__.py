"""Measurements against baselines in the same run. Quote the ratios; machines differ."""
