"""What applications need done: entered, routed to those who decide, offered, answered."""
