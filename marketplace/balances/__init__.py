"""What members have with their cooperative, from refunds and overpayment, and paying it out."""
