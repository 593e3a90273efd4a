"""Work for later and work on a schedule."""
