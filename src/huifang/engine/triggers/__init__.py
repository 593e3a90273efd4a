"""One file for each way an occurrence falls due. Each has `slots`, the days it looks for, and `births`, who falls due."""
