"""The rules: pure functions from printed numbers to a check with its arithmetic."""
