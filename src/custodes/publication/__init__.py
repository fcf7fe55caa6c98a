"""Renders a frozen Assessment; computes nothing."""
