"""What is known of receipts: the rules of taking, terminals, refunds and payment methods."""
