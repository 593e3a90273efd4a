"""Where tables live: a snapshot in, decisions out."""
