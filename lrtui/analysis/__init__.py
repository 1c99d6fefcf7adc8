"""The ranking's arithmetic: statistics, and the reasons for a result."""
