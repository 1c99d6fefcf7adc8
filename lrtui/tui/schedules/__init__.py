"""Mode 1: pick schedulers, edit parameters, preview the learning rate."""
