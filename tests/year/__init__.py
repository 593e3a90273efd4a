"""A year of contacts through the gate, looked over by a checker that reads only the log."""
