"""The schedulers: what each does to the learning rate, its parameters, its explanation. Standard library only."""
