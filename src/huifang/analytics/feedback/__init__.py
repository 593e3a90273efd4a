"""What customers say: kind, topic, sentiment, urgency, how sure; alike ones joined; ranked. Learned from people alone."""
