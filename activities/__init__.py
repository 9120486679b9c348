"""What the house does: activities behind the steps that workflows declare, over ports and adapters."""
