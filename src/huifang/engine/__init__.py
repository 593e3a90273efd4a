"""Today's plan: tables in, tables out; no input or output, no clock, no randomness but a keyed draw."""
