"""What numpy and scipy compute for the dashboard, and the process beside it in which they do."""
