"""Writing customers, contact points, events, agreements, staff and branches in bulk, from plain values."""
