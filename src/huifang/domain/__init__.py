"""What the words mean: rules on plain values, standard library only."""
