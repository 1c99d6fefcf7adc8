"""The dashboard. Never imports torch; numpy, scipy and plotext only after the first paint, off the UI loop."""
