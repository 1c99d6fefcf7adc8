"""The dashboard. Never imports torch, numpy or scipy; plotext only in the thread that draws, after the first paint."""
