"""From an accepted record to an answer: queue, lanes, pace, sender, transport."""
