"""Curves: from runs and schedules to numbers, from numbers to text, and the widget that shows them."""
