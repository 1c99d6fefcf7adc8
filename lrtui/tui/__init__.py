"""The dashboard. Never imports torch, numpy or scipy."""
