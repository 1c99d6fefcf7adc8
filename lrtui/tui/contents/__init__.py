"""What stands in tables and lines: from frozen values to text and rows, without a screen."""
