"""The five modes, and what is asked on top of them."""
